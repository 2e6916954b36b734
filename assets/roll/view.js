// Where things stand on the canvas: ticks across, pitches up; a keyboard at the left that stays while the rest scrolls.
const KEYS_PX = 34;
const HEAD_PX = 20;
const FOOT_PX = 4;
const MIN_BAR_PX = 64;
const MOST_BAR_PX = 640;
const BLACK = [1, 3, 6, 8, 10];

const openView = (root, scroller, canvas) => {
  const pen = canvas.getContext('2d');
  const view = { piece: NO_PIECE, zoom: 1, low: 55, high: 81, width: 0, height: 0, barPx: MIN_BAR_PX };

  view.ticks = () => view.piece.bars * view.piece.bar;
  view.row = () => (view.height - HEAD_PX - FOOT_PX) / (view.high - view.low + 1);
  view.x = (tick) => KEYS_PX + tick / view.piece.bar * view.barPx;
  view.y = (pitch) => HEAD_PX + (view.high - pitch) * view.row();
  view.tick = (x) => (x - KEYS_PX) / view.barPx * view.piece.bar;
  view.pitch = (y) => Math.max(view.low, Math.min(view.high, Math.floor(view.high - (y - HEAD_PX) / view.row() + 1)));

  view.frame = (notes) => { // the pitches shown: all there are and some room, never fewer than two octaves
    const pitches = notes.map((note) => note.pitch);
    view.low = pitches.length ? Math.min(...pitches) - 3 : 55;
    view.high = pitches.length ? Math.max(...pitches) + 3 : 81;
    while (view.high - view.low < 26) { view.low -= 1; view.high += 1; }
  };

  view.measure = () => {
    const room = scroller.clientWidth;
    view.height = canvas.clientHeight || 280;
    const fitting = Math.max(MIN_BAR_PX, (room - KEYS_PX) / view.piece.bars);
    view.barPx = Math.min(MOST_BAR_PX, fitting * view.zoom);
    view.width = Math.max(room, KEYS_PX + view.barPx * view.piece.bars);
    const ratio = Math.min(window.devicePixelRatio || 1, 3, 16_000 / view.width);
    const [wide, tall] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (canvas.width !== wide || canvas.height !== tall) {
      canvas.style.width = `${view.width}px`;
      canvas.width = wide;
      canvas.height = tall;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  };

  const drawGrid = (look, snap) => {
    pen.fillStyle = look.line;
    for (let pitch = view.low; pitch <= view.high; pitch += 1) {
      const step = ((pitch - view.piece.tonic) % 12 + 12) % 12;
      pen.globalAlpha = step === 0 ? 0.4 : BLACK.includes(pitch % 12) ? 0.16 : 0;
      if (pen.globalAlpha) pen.fillRect(KEYS_PX, view.y(pitch), view.width, view.row());
    }
    const { bar, beat, snaps } = view.piece;
    const fine = snaps && snap / bar * view.barPx > 9 ? Math.min(snap, beat) : beat;
    const begins = (tick, span) => Math.abs(tick / span - Math.round(tick / span)) < 1e-6; // a span may be a fraction
    for (let line = 0; line * fine <= view.ticks() + 1e-6; line += 1) {
      const tick = line * fine;
      pen.globalAlpha = begins(tick, bar) ? 0.9 : begins(tick, beat) ? 0.4 : 0.18;
      pen.fillRect(Math.round(view.x(tick)), 0, 1, view.height);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = look.faint;
    pen.font = '11px ui-sans-serif, system-ui, sans-serif';
    const every = view.barPx < 34 ? 4 : 1;
    for (let bar = 0; bar < view.piece.bars; bar += every) {
      pen.fillText(String(view.piece.first + bar + 1), view.x(bar * view.piece.bar) + 5, 14);
    }
  };

  const drawKeys = (look, sounding) => {
    const left = scroller.scrollLeft;
    pen.fillStyle = look.paper;
    pen.fillRect(left, 0, KEYS_PX, view.height);
    for (let pitch = view.low; pitch <= view.high; pitch += 1) {
      const black = BLACK.includes(pitch % 12);
      pen.fillStyle = sounding.has(pitch) ? look.now : black ? look.faint : look.paper;
      pen.globalAlpha = black && !sounding.has(pitch) ? 0.75 : 1;
      pen.fillRect(left, view.y(pitch), black ? KEYS_PX * 0.62 : KEYS_PX - 1, Math.max(1, view.row() - 1));
      pen.globalAlpha = 1;
      if (pitch % 12 === 0) {
        pen.fillStyle = sounding.has(pitch) ? look.paper : look.faint;
        pen.font = `${Math.min(11, view.row() + 2)}px ui-sans-serif, system-ui, sans-serif`;
        pen.fillText(`C${pitch / 12 - 1}`, left + 14, view.y(pitch) + view.row() * 0.85);
      }
    }
    pen.fillStyle = look.line;
    pen.fillRect(left + KEYS_PX - 1, 0, 1, view.height);
  };

  const track = (voice) => `hsl(${Math.round((voice - 6) * 137.5) % 360} 60% 52%)`; // far apart on the wheel

  const drawNotes = (state, look, sounding) => {
    for (const note of state.notes) {
      const sounds = state.now >= note.start && state.now < note.start + note.length && state.heard;
      if (sounds && !state.silent(note.voice)) sounding.add(note.pitch);
      const [x, y, wide, tall] = [view.x(note.start), view.y(note.pitch), view.x(note.start + note.length) - view.x(note.start), view.row()];
      pen.fillStyle = look.voices[note.voice] ?? track(note.voice);
      const loud = Math.max(0.35, Math.min(1, 0.3 + (note.velocity || USUAL) / 120)); // a soft note is a pale one
      pen.globalAlpha = state.silent(note.voice) ? 0.18 : note.voice === CHORDS ? 0.4 : sounds ? 1 : state.playing ? loud * 0.62 : loud;
      pen.beginPath();
      pen.roundRect(x + 0.5, y + 0.5, Math.max(3, wide - 1), Math.max(3, tall - 1), Math.min(3, tall / 2));
      pen.fill();
      if (state.selected.has(note)) {
        pen.globalAlpha = 1;
        pen.strokeStyle = look.ink;
        pen.lineWidth = 2;
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
  };

  // state: notes, selected, now (ticks or -1), heard, playing, silent(voice), snap, band, cursor
  view.draw = (state) => {
    view.measure();
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim() || '#888';
    const look = {
      line: colour('--border-color-primary'), faint: colour('--body-text-color-subdued'), ink: colour('--body-text-color'),
      paper: colour('--background-fill-primary'), now: colour('--roll-now'),
      voices: [0, 1, 2, 3, 4, 5].map((voice) => colour(`--voice-${voice}`)),
    };
    const sounding = new Set();
    pen.clearRect(0, 0, view.width, view.height);
    drawGrid(look, state.snap);
    drawNotes(state, look, sounding);
    pen.fillStyle = look.now;
    if (state.head >= 0) pen.fillRect(Math.round(view.x(Math.min(state.head, view.ticks()))), 0, 2, view.height);
    if (state.band) {
      pen.globalAlpha = 0.18;
      pen.fillRect(...state.band);
      pen.globalAlpha = 1;
    }
    drawKeys(look, sounding);
  };

  view.follow = (tick) => {
    const [place, room] = [view.x(tick) - KEYS_PX, scroller.clientWidth - KEYS_PX];
    if (place < scroller.scrollLeft || place > scroller.scrollLeft + room * 0.85) scroller.scrollLeft = place - room * 0.25;
  };

  view.zoomBy = (factor, at = scroller.clientWidth / 2) => {
    const tick = view.tick(scroller.scrollLeft + at);
    view.zoom = Math.max(1, Math.min(12, view.zoom * factor));
    view.measure();
    scroller.scrollLeft = view.x(tick) - at;
  };
  return view;
};
