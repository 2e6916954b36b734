// What the artist has drawn over a start, as a list that undo shortens: dabs of mask, lines of colour, an eraser.
const SOFT_CORE = 0.55;
const MOST_STROKES = 400;

const sheet = (width, height) => Object.assign(document.createElement('canvas'), { width, height });

class Strokes {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.list = [];
    this.version = 0; // how often something has changed
    this.layers = { mask: sheet(width, height), colour: sheet(width, height) };
    this.under = { mask: sheet(width, height), colour: sheet(width, height) }; // strokes too old to take back
  }

  add(stroke) {
    this.version += 1;
    this.list.push(stroke);
    if (this.list.length > MOST_STROKES) this.sink();
    this.draw(stroke, 0);
  }

  extend(point) {
    this.version += 1;
    const stroke = this.list.at(-1);
    stroke.points.push(point);
    this.draw(stroke, stroke.points.length - 1);
  }

  undo() {
    if (!this.list.pop()) return;
    this.version += 1;
    for (const name of ['mask', 'colour']) this.copy(this.under[name], this.layers[name]);
    for (const stroke of this.list) this.draw(stroke, 0);
  }

  sink() {
    const kept = this.list;
    this.list = [];
    for (const name of ['mask', 'colour']) this.copy(this.under[name], this.layers[name]);
    this.draw(kept[0], 0);
    for (const name of ['mask', 'colour']) this.copy(this.layers[name], this.under[name]);
    this.list = kept.slice(1);
    for (const stroke of this.list) this.draw(stroke, 0);
  }

  copy(from, to) {
    const pen = to.getContext('2d');
    pen.clearRect(0, 0, this.width, this.height);
    pen.drawImage(from, 0, 0);
  }

  draw(stroke, first) {
    if (stroke.tool === 'clear') {
      for (const name of ['mask', 'colour']) this.layers[name].getContext('2d').clearRect(0, 0, this.width, this.height);
    } else if (stroke.tool === 'invert') {
      this.invert();
    } else if (stroke.tool === 'colour') {
      this.line(this.layers.colour, stroke, first, 'source-over');
    } else if (stroke.tool === 'erase') {
      for (const name of ['mask', 'colour']) this.line(this.layers[name], stroke, first, 'destination-out');
    } else {
      this.dab(stroke, first);
    }
  }

  invert() {
    const pen = this.layers.mask.getContext('2d');
    pen.globalCompositeOperation = 'source-out';
    pen.fillStyle = '#c33';
    pen.fillRect(0, 0, this.width, this.height);
    pen.globalCompositeOperation = 'source-over';
  }

  // Both draw from point number `first` on, piece by piece, so that a stroke drawn again is the same to the pixel.
  line(layer, { points, size, colour }, first, mode) {
    const pen = layer.getContext('2d');
    pen.globalCompositeOperation = mode;
    pen.strokeStyle = colour;
    pen.lineWidth = size;
    pen.lineCap = 'round';
    for (let at = first; at < points.length; at += 1) {
      const [from, to] = [points[Math.max(0, at - 1)], points[at]];
      pen.beginPath();
      pen.moveTo(...from);
      pen.lineTo(to[0], to[1] + (at ? 0 : 0.01));
      pen.stroke();
    }
    pen.globalCompositeOperation = 'source-over';
  }

  dab({ points, size }, first) {
    const pen = this.layers.mask.getContext('2d');
    const radius = size / 2;
    for (let at = first; at < points.length; at += 1) {
      const [from, to] = [points[Math.max(0, at - 1)], points[at]];
      const pace = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) / Math.max(1, size / 8)));
      for (let n = 1; n <= pace; n += 1) {
        const [x, y] = [0, 1].map((way) => from[way] + ((to[way] - from[way]) * n) / pace);
        const fade = pen.createRadialGradient(x, y, radius * SOFT_CORE, x, y, radius);
        fade.addColorStop(0, 'rgba(204,51,51,1)');
        fade.addColorStop(1, 'rgba(204,51,51,0)');
        pen.fillStyle = fade;
        pen.fillRect(x - radius, y - radius, size, size);
      }
    }
  }

  // A layer that nothing was drawn on says nothing.
  read(name) {
    const pixels = this.layers[name].getContext('2d').getImageData(0, 0, this.width, this.height).data;
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at] > 7) return this.layers[name].toDataURL('image/png');
    return '';
  }
}
