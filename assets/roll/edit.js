// Notes are moved, stretched, drawn and taken out, by mouse, finger and keys; every change can be undone.
const EDGE_PX = 7;
const SLACK_PX = 4;
const MOST_UNDO = 200;
const LOWEST = 12;
const HIGHEST = 98; // what the sound reaches
const DRUMS = 5;
const LOUDER = 12;
const USUAL = 80; // about how loud a note is that nobody has said anything about
const KIT = [36, 38, 42, 43, 46, 47, 49, 50, 51];

const openEditor = (view, { changed, said, plan }) => {
  const editor = { notes: [], selected: new Set(), tool: 'select', snap: 12, voice: 0, editable: false, band: null };
  let [past, future, copied] = [[], [], []];

  editor.load = (notes) => {
    editor.notes = notes;
    editor.selected.clear();
    [past, future] = [[], []];
  };
  const own = () => editor.notes.filter((note) => note.voice !== CHORDS);
  const snapshot = () => own().map((note) => ({ ...note }));
  const chords = () => editor.notes.filter((note) => note.voice === CHORDS);

  const remember = (before) => {
    past.push(before);
    if (past.length > MOST_UNDO) past.shift();
    future = [];
  };
  const commit = (before, word) => {
    if (write(before) === write(own())) return;
    remember(before);
    editor.notes.sort(order);
    said(word, editor.selected.size || 1);
    changed();
    plan();
  };
  const step = (from, to, word) => {
    if (!from.length) return;
    to.push(snapshot());
    editor.notes = [...from.pop(), ...chords()].sort(order);
    editor.selected.clear();
    said(word, 1);
    changed();
    plan();
  };
  editor.undo = () => step(past, future, 'undone');
  editor.redo = () => step(future, past, 'redone');
  editor.canUndo = () => past.length > 0;
  editor.canRedo = () => future.length > 0;

  const floor = (tick) => Math.floor(tick / editor.snap) * editor.snap;
  const round = (tick) => Math.round(tick / editor.snap) * editor.snap;
  const nearest = (pitch, voice) => voice !== DRUMS ? pitch
    : KIT.reduce((best, drum) => Math.abs(drum - pitch) < Math.abs(best - pitch) ? drum : best);

  // Move copies of the selection, each from where it was; what would leave the piece holds all of them back.
  const shift = (origins, ticks, pitches) => {
    const notes = [...origins.values()];
    const left = Math.max(ticks, -Math.min(...notes.map((n) => n.start)));
    const bound = Math.min(left, Math.min(...notes.map((n) => view.ticks() - n.start - n.length)));
    const up = Math.max(LOWEST - Math.min(...notes.map((n) => n.pitch)), Math.min(HIGHEST - Math.max(...notes.map((n) => n.pitch)), pitches));
    for (const [note, from] of origins) {
      note.start = from.start + bound;
      note.pitch = nearest(from.pitch + up, note.voice);
    }
  };
  const stretch = (origins, ticks) => {
    for (const [note, from] of origins) {
      note.length = Math.max(Math.min(editor.snap, from.length), Math.min(from.length + ticks, view.ticks() - note.start));
    }
  };
  const origins = () => new Map([...editor.selected].map((note) => [note, { ...note }]));

  editor.change = (act, word) => {
    if (!editor.editable || !editor.selected.size) return;
    const before = snapshot();
    act(origins());
    commit(before, word);
  };
  editor.move = (ticks, pitches) => editor.change((from) => shift(from, ticks, pitches), 'moved');
  editor.lengthen = (ticks) => editor.change((from) => stretch(from, ticks), 'resized');
  editor.loudness = (by) => editor.change((from) => {
    for (const note of from.keys()) note.velocity = Math.max(1, Math.min(127, (note.velocity || USUAL) + by));
  }, by > 0 ? 'louder' : 'softer');
  editor.remove = () => {
    editor.change(() => { editor.notes = editor.notes.filter((note) => !editor.selected.has(note)); }, 'removed');
    editor.selected.clear();
  };
  editor.copy = () => { copied = [...editor.selected].map((note) => ({ ...note })); };
  editor.paste = (at) => {
    if (!editor.editable || !copied.length) return;
    const before = snapshot();
    const first = Math.min(...copied.map((note) => note.start));
    const placed = copied.map((note) => ({ ...note, start: note.start - first + floor(at) }))
      .filter((note) => note.start + note.length <= view.ticks());
    editor.notes.push(...placed);
    editor.selected = new Set(placed);
    commit(before, 'added');
  };
  editor.duplicate = () => {
    if (!editor.selected.size) return;
    editor.copy();
    editor.paste(Math.ceil(Math.max(...copied.map((n) => n.start + n.length)) / editor.snap) * editor.snap);
  };
  editor.selectAll = () => { editor.selected = new Set(own()); plan(); };
  editor.clear = () => { editor.selected.clear(); plan(); };

  // The neighbour of the selection in time: so that keys alone can reach every note.
  editor.walk = (forward, add) => {
    const notes = own().sort(order);
    if (!notes.length) return;
    const here = notes.findLastIndex((note) => editor.selected.has(note));
    const next = here < 0 ? (forward ? 0 : notes.length - 1) : Math.max(0, Math.min(notes.length - 1, here + (forward ? 1 : -1)));
    if (!add) editor.selected.clear();
    editor.selected.add(notes[next]);
    view.follow(notes[next].start);
    plan();
  };
  editor.add = (tick, pitch, length) => {
    if (!editor.editable) return null;
    const start = Math.max(0, Math.min(floor(tick), view.ticks() - editor.snap));
    const fitted = Math.min(length, view.ticks() - start);
    const note = { start, length: fitted, pitch: nearest(pitch, editor.voice), voice: editor.voice, velocity: 0 };
    editor.notes.push(note);
    editor.selected = new Set([note]);
    return note;
  };
  editor.strike = (tick, pitch) => {
    const before = snapshot();
    const note = editor.add(tick, pitch, editor.snap);
    if (note) commit(before, 'added');
  };

  const hit = (x, y) => [...editor.notes].reverse().find((note) => note.voice !== CHORDS
    && x >= view.x(note.start) - 1 && x <= Math.max(view.x(note.start + note.length), view.x(note.start) + 8) + 1
    && y >= view.y(note.pitch) - 2 && y <= view.y(note.pitch) + view.row() + 2);
  editor.hit = hit;

  // A gesture from press to release; `press` tells whether the roll has taken it (else the page may scroll or seek).
  let gesture = null;
  editor.busy = () => Boolean(gesture) && gesture.kind !== 'tap';
  editor.press = (x, y, { add, touch }) => {
    if (!editor.editable) return false;
    const before = snapshot();
    const note = hit(x, y);
    if (note && touch && editor.tool === 'select' && !editor.selected.has(note)) { // a finger selects, then moves
      if (!add) editor.selected.clear();
      editor.selected.add(note);
      gesture = { kind: 'tap', before, from: new Map(), x, y, moved: false };
      plan();
      return false;
    }
    if (note) {
      if (add && editor.selected.has(note)) editor.selected.delete(note);
      else if (!editor.selected.has(note)) { if (!add) editor.selected.clear(); editor.selected.add(note); }
      const right = view.x(note.start + note.length);
      const edge = Math.min(touch ? EDGE_PX * 2 : EDGE_PX, (right - view.x(note.start)) / 3);
      gesture = { kind: x > right - edge ? 'stretch' : 'move', before, from: origins(), x, y, moved: false };
    } else if (editor.tool === 'draw') {
      const made = editor.add(view.tick(x), view.pitch(y), editor.snap);
      gesture = { kind: 'stretch', before, from: new Map([[made, { ...made }]]), x, y, moved: true, word: 'added' };
    } else if (!touch) {
      gesture = { kind: 'band', before, x, y, moved: false, kept: add ? new Set(editor.selected) : new Set() };
    } else {
      return false;
    }
    plan();
    return true;
  };
  editor.drag = (x, y) => {
    if (!gesture || gesture.kind === 'tap') return;
    gesture.moved ||= Math.hypot(x - gesture.x, y - gesture.y) > SLACK_PX;
    if (!gesture.moved) return;
    const ticks = round(view.tick(x) - view.tick(gesture.x));
    if (gesture.kind === 'move') shift(gesture.from, ticks, view.pitch(y) - view.pitch(gesture.y));
    if (gesture.kind === 'stretch') stretch(gesture.from, ticks);
    if (gesture.kind === 'band') {
      const [left, top, right, low] = [Math.min(x, gesture.x), Math.min(y, gesture.y), Math.max(x, gesture.x), Math.max(y, gesture.y)];
      editor.band = [left, top, right - left, low - top];
      const inside = own().filter((n) => view.x(n.start) < right && view.x(n.start + n.length) > left
        && view.y(n.pitch) < low && view.y(n.pitch) + view.row() > top);
      editor.selected = new Set([...gesture.kept, ...inside]);
    }
    plan();
  };
  editor.release = () => { // returns whether it was a mere click on nothing
    const ended = gesture;
    gesture = null;
    editor.band = null;
    if (!ended) return true;
    if (ended.kind === 'tap') return false;
    if (ended.kind === 'band') {
      if (!ended.moved) editor.selected.clear();
      plan();
      return !ended.moved;
    }
    if (ended.moved) commit(ended.before, ended.word || (ended.kind === 'move' ? 'moved' : 'resized'));
    return false;
  };
  editor.abandon = () => {
    if (gesture) editor.notes = [...gesture.before, ...chords()].sort(order);
    gesture = null;
    editor.band = null;
    plan();
  };
  return editor;
};
