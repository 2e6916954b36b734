const root = element.querySelector('.easel');
const find = (name) => root.querySelector(name);
const look = find('.easel-look');
const board = find('.easel-board');
const canvas = board.querySelector('canvas');
const tip = find('.easel-tip');
const size = find('[data-tool-size]');
const ink = find('input[type=color]');
let shown = { frames: [], ids: [] }; // what the model has painted, or an earlier picture
let chosen = 0; // of several pictures, the one that is meant
let start = null; // {id, picture, strokes}: what the next painting begins from
let tool = 'mask';
let down = null; // the pointer that draws, or 'key'
let working = false; // a picture is being painted with care
let live = false; // the picture follows whatever the artist changes
let spot = null; // where the brush is, in pixels of the start

const mode = (name) => {
  root.dataset.mode = name === 'start' && start ? 'start' : 'look';
  root.dataset.start = start ? 'yes' : 'no';
  document.documentElement.dataset.start = root.dataset.start;
  paint();
};

const paint = () => {
  if (!start || root.dataset.mode !== 'start') return;
  const pen = canvas.getContext('2d');
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(start.picture, 0, 0, canvas.width, canvas.height);
  pen.drawImage(start.strokes.layers.colour, 0, 0);
  pen.globalAlpha = 0.62;
  pen.drawImage(start.strokes.layers.mask, 0, 0);
  pen.globalAlpha = 1;
  const share = canvas.clientWidth / canvas.width;
  tip.hidden = !spot;
  if (!spot) return;
  const wide = brush() * share;
  Object.assign(tip.style, { width: `${wide}px`, height: `${wide}px` });
  tip.style.transform = `translate(${spot[0] * share - wide / 2}px, ${spot[1] * share - wide / 2}px)`;
};

const brush = () => (Number(size.value) / 100) * Math.min(canvas.width, canvas.height);

const begin = (id, picture, width, height) => {
  start = { id, picture, strokes: new Strokes(width, height) };
  Object.assign(canvas, { width, height });
  canvas.style.setProperty('--shape', `${width} / ${height}`);
  canvas.style.setProperty('--wide', width / height);
  spot = null;
  choose(id.startsWith('sheet') ? 'colour' : tool);
  mode('start');
  find('[data-act="back"]').focus({ preventScroll: true });
};

const leave = () => { start = null; mode('look'); };

const put = () => {
  if (!props.value) return;
  const told = JSON.parse(props.value);
  const frames = told.frames.filter((frame) => frame.startsWith('data:image/jpeg;base64,'));
  if (told.kind === 'start') {
    const picture = new Image();
    picture.onload = () => begin(told.ids[0], picture, told.size[0], told.size[1]);
    picture.src = frames[0];
    return;
  }
  shown = { frames, ids: told.ids };
  working = frames.length > 0 && !told.ids.length;
  if (chosen >= frames.length) chosen = 0;
  while (look.children.length > frames.length) look.lastChild.remove();
  while (look.children.length < frames.length) look.append(document.createElement('img'));
  frames.forEach((frame, index) => {
    look.children[index].alt = String(index + 1);
    look.children[index].src = frame;
  });
  root.dataset.count = frames.length;
  root.dataset.held = told.held ? 'yes' : 'no';
  mark();
  mode(live ? root.dataset.mode : 'look'); // live, the sheet stays beside the picture
};

const mark = () => {
  const several = shown.ids.length > 1;
  [...look.children].forEach((img, index) => {
    img.classList.toggle('chosen', several && index === chosen);
    img.tabIndex = several ? 0 : -1;
  });
};

look.addEventListener('click', ({ target }) => {
  const index = [...look.children].indexOf(target);
  if (index >= 0 && shown.ids.length > 1) { chosen = index; mark(); }
});
look.addEventListener('load', ({ target }) => {
  target.style.setProperty('--wide', target.naturalWidth / target.naturalHeight);
}, true);
look.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.target.click(); });

// The brush: mouse, finger and pen alike; arrows and space for the keyboard.

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
};
const press = (point) => { start.strokes.add({ tool, size: brush(), colour: ink.value, points: [point] }); paint(); };

canvas.addEventListener('pointerdown', (event) => {
  if (down !== null || event.button > 0) return;
  event.preventDefault();
  canvas.focus({ preventScroll: true });
  down = event.pointerId;
  canvas.setPointerCapture(down);
  spot = place(event);
  press(spot);
});
canvas.addEventListener('pointermove', (event) => {
  if (down !== null && event.pointerId !== down) return;
  spot = place(event);
  if (down === event.pointerId) for (const one of event.getCoalescedEvents?.() ?? []) start.strokes.extend(place(one));
  if (down === event.pointerId) start.strokes.extend(spot);
  paint();
});
const lift = (event) => { if (event.pointerId === down) down = null; };
canvas.addEventListener('pointerup', lift);
canvas.addEventListener('pointercancel', lift);
canvas.addEventListener('pointerleave', () => { if (down === null) { spot = null; paint(); } });
canvas.addEventListener('blur', () => { if (down === 'key') down = null; });

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
canvas.addEventListener('keydown', (event) => {
  const arrow = ARROWS[event.key];
  if (arrow) {
    const pace = Math.max(2, brush() / 4);
    const [x, y] = spot ?? [canvas.width / 2, canvas.height / 2];
    spot = [Math.min(canvas.width, Math.max(0, x + arrow[0] * pace)), Math.min(canvas.height, Math.max(0, y + arrow[1] * pace))];
    if (down === 'key') start.strokes.extend(spot);
    paint();
  } else if (event.key === ' ') {
    spot ??= [canvas.width / 2, canvas.height / 2];
    down = down === 'key' ? null : 'key';
    if (down) press(spot);
  } else if (event.key === '[' || event.key === ']') {
    size.value = Number(size.value) + (event.key === ']' ? 2 : -2);
    paint();
  } else if (event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) {
    acts.undo();
  } else {
    return;
  }
  event.preventDefault();
});

const choose = (name) => {
  tool = name;
  root.dataset.tool = name;
  for (const one of root.querySelectorAll('[data-tool]')) one.setAttribute('aria-pressed', one.dataset.tool === name);
};
const acts = {
  undo: () => { start.strokes.undo(); paint(); },
  clear: () => { start.strokes.add({ tool: 'clear' }); paint(); },
  invert: () => { start.strokes.add({ tool: 'invert' }); paint(); },
  leave,
  back: () => mode('start'),
  result: () => mode('look'),
};
root.addEventListener('click', ({ target }) => {
  const one = target.closest('button');
  if (!one) return;
  if (one.dataset.tool) choose(one.dataset.tool);
  if (one.dataset.ink) { ink.value = one.dataset.ink; choose('colour'); }
  if (one.dataset.act) acts[one.dataset.act]();
});
ink.addEventListener('input', () => choose('colour'));
size.addEventListener('input', paint);

// A picture dropped here is taken as one that was chosen with the button.
const chooser = () => document.getElementById('painting-upload')?.previousElementSibling;
root.addEventListener('dragover', (event) => event.preventDefault());
root.addEventListener('drop', (event) => {
  event.preventDefault();
  const input = chooser();
  if (!input || !event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
});

window.triptych.easel = {
  read: () => JSON.stringify({
    picture: root.dataset.mode === 'start' ? start.id : shown.ids[chosen] || '',
    start: start ? start.id : '',
    mask: start ? start.strokes.read('mask') : '',
    sketch: start ? start.strokes.read('colour') : '',
  }),
  hold: () => hold(),
  take: async () => {
    await hold();
    const img = look.children[chosen];
    const id = shown.ids[chosen];
    if (root.dataset.mode === 'start' || !id) return;
    const picture = new Image();
    picture.onload = () => begin(id, picture, picture.naturalWidth, picture.naturalHeight);
    picture.src = img.src;
  },
};
new ResizeObserver(paint).observe(canvas);
choose(tool);
mode('look');
watch('value', put);
put();
