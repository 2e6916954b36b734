// The roll as a whole: what the server sends, the sound, the buttons and the keys.
const root = element.querySelector('.roll');
const find = (name) => root.querySelector(name);
const [scroller, canvas, audio] = [find('.roll-scroll'), find('canvas'), find('audio')];
const [button, seek, clock] = [find('.roll-deck button'), find('.roll-deck input'), find('output')];
const SEND_MS = 180;
const OF_NOTES = ['remove', 'duplicate', 'louder', 'softer'];
let drawn = 0;
let playing = 0;
let cursor = 0; // where keys write, in ticks
let [edition, sending, shownText] = [0, 0, ''];
const [muted, alone] = [new Set(), new Set()];

const plan = () => { if (!drawn) drawn = requestAnimationFrame(draw); };
const stream = openStream(plan);
const view = openView(root, scroller, canvas);
const editor = openEditor(view, { plan, said: (word, count) => say(word, count), changed: () => send() });

const tickAt = (seconds) => convert(view.piece.times, 1, 0, seconds);
const secondsAt = (tick) => convert(view.piece.times, 0, 1, tick);
const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
const silent = (voice) => muted.has(voice) || (alone.size > 0 && !alone.has(voice));

const say = (word, count) => {
  const told = find(`[data-said="${word}"]`);
  find('.roll-said').replaceChildren(document.createTextNode(count > 1 ? `${count} × ` : ''), ...[...told.childNodes].map((node) => node.cloneNode(true)));
};

const send = () => {
  edition += 1;
  clearTimeout(sending);
  sending = setTimeout(() => trigger('edit', { notes: write(editor.notes.filter((note) => note.voice !== CHORDS)), edition }), SEND_MS);
  refresh();
};

const refresh = () => { // what the buttons can do now
  const can = { undo: editor.canUndo(), redo: editor.canRedo(), ...Object.fromEntries(OF_NOTES.map((act) => [act, editor.selected.size])) };
  for (const [name, able] of Object.entries(can)) find(`[data-do="${name}"]`).disabled = !editor.editable || !able;
  for (const one of root.querySelectorAll('[data-tool]')) one.setAttribute('aria-pressed', String(one.dataset.tool === editor.tool));
  for (const chip of root.querySelectorAll('.roll-voice')) {
    const voice = Number(chip.dataset.voice);
    chip.hidden = !view.piece.voices.includes(voice);
    chip.querySelector('[data-pen]').setAttribute('aria-pressed', String(voice === editor.voice));
    chip.querySelector('[data-mute]').setAttribute('aria-pressed', String(muted.has(voice)));
    chip.querySelector('[data-solo]').setAttribute('aria-pressed', String(alone.has(voice)));
  }
  root.dataset.editable = editor.editable ? 'yes' : 'no';
  root.dataset.tool = editor.tool;
  root.dataset.selected = editor.selected.size;
  root.dataset.notes = editor.notes.length;
};

const draw = () => {
  drawn = 0;
  const { piece } = view;
  const live = stream.playing;
  const now = live ? tickAt(stream.seconds) : piece.sound ? tickAt(audio.currentTime) : -1;
  const newest = editor.notes.reduce((last, note) => Math.max(last, note.start), 0);
  const writes = editor.editable && !playing && audio.currentTime === 0;
  const head = writes ? cursor : piece.sound || live ? now : editor.notes.length ? newest : -1;
  view.draw({
    notes: editor.notes, selected: editor.selected, now, heard: live || audio.currentTime > 0, playing: playing || live,
    silent, snap: editor.snap, band: editor.band, head,
  });
  if (playing || (head >= 0 && !piece.sound)) view.follow(head);
  root.dataset.live = live ? `${stream.laid} ${stream.gaps} ${stream.seconds.toFixed(1)}` : '';
  root.dataset.selected = editor.selected.size;
  refresh();
  if (live) { tell(); plan(); }
};

const tell = () => {
  const { piece } = view;
  const end = piece.sound ? audio.duration || piece.seconds : piece.seconds;
  seek.max = String(end || 1);
  seek.value = String(audio.currentTime || 0);
  clock.textContent = stream.playing ? time(stream.seconds) : `${time(audio.currentTime || 0)} / ${time(end || 0)}`;
};
const beatOn = () => {
  if (!playing) return;
  tell();
  plan();
  playing = requestAnimationFrame(beatOn);
};
const setPlaying = (on) => {
  root.dataset.playing = on ? 'yes' : 'no';
  cancelAnimationFrame(playing);
  playing = on ? requestAnimationFrame(beatOn) : 0;
  tell();
  plan();
};

const setSound = (url) => {
  if (url && audio.dataset.from !== url) {
    const [at, on] = [audio.currentTime, !audio.paused && audio.dataset.from];
    audio.dataset.from = url;
    audio.src = url;
    if (at && editor.kept) audio.currentTime = at;
    if (on && editor.kept) audio.play();
  } else if (!url && audio.dataset.from) {
    audio.pause();
    setPlaying(false); // the event of the pause may be lost with the sound
    delete audio.dataset.from;
    audio.removeAttribute('src');
    audio.load();
  }
  button.disabled = seek.disabled = !url;
};

const put = () => {
  const value = props.value || {};
  if (value.edition !== undefined && value.edition < edition) return; // a newer change is on its way
  editor.kept = value.edition !== undefined; // the same piece, changed or mixed: the place in it is kept
  const { notes, ...piece } = parse(value.score);
  piece.sound = value.sound && value.sound.url;
  if (value.stream) stream.take(value.stream); else stream.stop();
  view.piece = piece;
  editor.editable = Boolean(piece.editable);
  if (!editor.kept) {
    clearTimeout(sending);
    editor.load(notes);
    cursor = notes.reduce((end, note) => Math.max(end, note.start + note.length), 0);
    if (cursor > view.ticks() - piece.bar) cursor = 0; // the piece is full
    if (piece.editable) scroller.scrollLeft = 0;
    if (!piece.voices.includes(editor.voice)) editor.voice = piece.voices[0] ?? 0;
    if (shownText !== value.score) view.frame(notes);
    if (!piece.editable) { muted.clear(); alone.clear(); }
  }
  shownText = value.score;
  setSound(piece.sound);
  tell();
  refresh();
  plan();
};

const go = (seconds) => {
  if (!view.piece.sound) return;
  audio.currentTime = Math.max(0, Math.min(seconds, audio.duration || view.piece.seconds));
  tell();
  plan();
};

const mix = (set, voice) => {
  if (set.has(voice)) set.delete(voice); else set.add(voice);
  trigger('mix', { silent: view.piece.voices.filter(silent).join(','), edition });
  refresh();
  plan();
};

// A short tone in the page itself, so that a key is heard as it is struck.
const sound = (pitch) => {
  const context = stream.wake();
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.type = 'triangle';
  tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
  gain.gain.setValueAtTime(0.25, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
};
const strike = (pitch) => {
  sound(pitch);
  if (!editor.editable || cursor >= view.ticks()) return;
  if (pitch < view.low || pitch > view.high) view.frame([...editor.notes, { pitch }]);
  audio.currentTime = 0;
  editor.strike(cursor, pitch);
  cursor += editor.snap;
  view.follow(cursor);
  plan();
};

const ACTS = {
  undo: editor.undo, redo: editor.redo, remove: editor.remove, duplicate: editor.duplicate,
  louder: () => editor.loudness(LOUDER), softer: () => editor.loudness(-LOUDER),
  wider: () => view.zoomBy(1.5), narrower: () => view.zoomBy(1 / 1.5),
  rest: () => { cursor = Math.min(view.ticks(), cursor + editor.snap); audio.currentTime = 0; },
  back: () => { cursor = Math.max(0, cursor - editor.snap); audio.currentTime = 0; },
};
root.addEventListener('click', (event) => {
  const one = event.target.closest('button');
  if (!one) return;
  const { do: act, tool, pen, mute, solo } = one.dataset;
  if (act) ACTS[act]();
  if (tool) editor.tool = tool;
  if (pen !== undefined) editor.voice = Number(pen);
  if (mute !== undefined) mix(muted, Number(mute));
  if (solo !== undefined) mix(alone, Number(solo));
  refresh();
  plan();
});
find('[data-snap]').addEventListener('change', (event) => { editor.snap = Number(event.target.value); plan(); });

const place = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
canvas.addEventListener('pointerdown', (event) => {
  if (event.button) return;
  scroller.focus({ preventScroll: true });
  const taken = editor.press(...place(event), { add: event.shiftKey, touch: event.pointerType === 'touch' });
  if (taken) canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener('pointermove', (event) => {
  if (editor.busy()) editor.drag(...place(event));
  else if (editor.editable) {
    const [x, y] = place(event);
    const note = editor.hit(x, y);
    const edge = note && x > view.x(note.start + note.length) - EDGE_PX;
    canvas.style.cursor = edge ? 'ew-resize' : note ? 'move' : editor.tool === 'draw' ? 'crosshair' : 'pointer';
  }
});
canvas.addEventListener('pointerup', (event) => {
  if (!editor.release()) return;
  const tick = view.tick(place(event)[0]);
  if (tick < 0) return;
  cursor = Math.max(0, Math.min(view.ticks(), Math.floor(tick / editor.snap) * editor.snap));
  go(secondsAt(tick));
});
canvas.addEventListener('pointercancel', editor.abandon);
canvas.addEventListener('touchmove', (event) => { if (editor.busy()) event.preventDefault(); }, { passive: false });
canvas.addEventListener('dblclick', (event) => {
  const [x, y] = place(event);
  if (!editor.editable || editor.tool === 'draw') return;
  if (editor.hit(x, y)) editor.remove(); else editor.strike(view.tick(x), view.pitch(y));
});
scroller.addEventListener('wheel', (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  view.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.clientX - scroller.getBoundingClientRect().left);
  plan();
}, { passive: false });
scroller.addEventListener('scroll', plan);

const KEYS = 'awsedftgyhujkolp';
const withControl = { z: editor.undo, y: editor.redo, c: editor.copy, v: () => editor.paste(cursor), d: editor.duplicate, a: editor.selectAll };
const plain = {
  ' ': () => { if (!button.disabled) button.click(); }, Delete: editor.remove, Backspace: editor.remove, Escape: editor.clear,
  '+': () => editor.loudness(LOUDER), '=': () => editor.loudness(LOUDER), '-': () => editor.loudness(-LOUDER),
  '[': () => editor.walk(false), ']': () => editor.walk(true), '{': () => editor.walk(false, true), '}': () => editor.walk(true, true),
};
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
scroller.addEventListener('keydown', (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  let act = plain[event.key];
  if (event.ctrlKey || event.metaKey) act = key === 'z' && event.shiftKey ? editor.redo : withControl[key];
  else if (arrows[key]) {
    const [x, y] = arrows[key];
    if (!editor.selected.size) act = x ? () => editor.walk(x > 0) : null;
    else if (event.shiftKey && x) act = () => editor.lengthen(x * editor.snap);
    else act = () => editor.move(x * editor.snap, y * (event.shiftKey ? 12 : 1));
  }
  if (!act || !(editor.editable || key === ' ')) return;
  event.preventDefault();
  act();
  plan();
});
const keyboard = find('.roll-keys');
keyboard.addEventListener('pointerdown', (event) => {
  const one = event.target.closest('[data-pitch]');
  if (one) { event.preventDefault(); keyboard.focus({ preventScroll: true }); strike(Number(one.dataset.pitch)); }
});
keyboard.addEventListener('keydown', (event) => {
  const step = KEYS.indexOf(event.key.toLowerCase());
  if (event.ctrlKey || event.metaKey || event.repeat) return;
  if (step >= 0) { event.preventDefault(); strike(60 + step); }
  if (event.key === ' ') { event.preventDefault(); ACTS.rest(); plan(); }
  if (event.key === 'Backspace') { event.preventDefault(); editor.undo(); ACTS.back(); plan(); }
});

button.addEventListener('click', () => { if (audio.paused) audio.play(); else audio.pause(); });
seek.addEventListener('input', () => go(Number(seek.value)));
audio.addEventListener('play', () => setPlaying(true));
audio.addEventListener('pause', () => setPlaying(false));
audio.addEventListener('ended', () => { setPlaying(false); audio.currentTime = 0; scroller.scrollLeft = 0; });
audio.addEventListener('loadedmetadata', tell);
audio.addEventListener('seeked', () => { tell(); plan(); });
document.addEventListener('click', (event) => {
  if (event.target.closest('#music-concert')) { stream.stop(); audio.pause(); stream.wake(); }
  if (event.target.closest('#music-stop')) stream.stop();
});
new ResizeObserver(plan).observe(scroller);
new MutationObserver(plan).observe(document.body, { attributes: true, attributeFilter: ['class'] });
watch('value', put);
put();
