// While the page is live, frames are asked for one at a time: the newest state wins, a slow link only makes it slower.
const pace = find('.easel-pace');
const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const EAGER_MS = 3000; // so long after a touch or a key the next change is looked for without a pause
let marked = ''; // what of the easel was last told
let touched = 0;
let seconds = 0;

for (const kind of ['input', 'pointerdown', 'pointermove', 'keydown', 'click']) {
  document.addEventListener(kind, () => { touched = performance.now(); }, { capture: true, passive: true });
}

const ask = async () => {
  const asked = { session: window.__gradio_session_hash__ };
  const version = start ? `${start.id} ${start.strokes.version}` : 'none';
  if (version !== marked) asked.marks = start ? window.triptych.easel.read() : '';
  const told = await server.frame(asked);
  marked = version;
  return told;
};

const show = async (frame) => {
  const picture = new Image();
  picture.src = frame;
  await picture.decode();
  if (!live || working) return; // a picture that is painted with care has begun meanwhile
  if (!look.children.length) look.append(document.createElement('img'));
  while (look.children.length > 1) look.lastChild.remove();
  look.firstChild.alt = '1';
  look.firstChild.src = frame;
  shown = { frames: [frame], ids: [] };
  chosen = 0;
  root.dataset.count = 1;
};

// A live picture becomes a work before another begins from it.
const hold = async () => {
  if (!live || root.dataset.mode === 'start' || !shown.frames.length || shown.ids.length) return;
  document.getElementById('painting-keep').click();
  for (let wait = 0; wait < 60 && !shown.ids.length; wait += 1) await rest(50);
};

const loop = async () => {
  while (live) {
    if (working || document.hidden) { await rest(150); continue; }
    let told = {};
    try {
      told = await ask();
      if (told.frame) await show(told.frame);
    } catch { await rest(1000); } // the link is down, or the studio is: it goes on when they are back
    if (told.done) seconds = told.seconds;
    pace.dataset.told = told.trouble ?? '';
    pace.querySelector('b').textContent = told.trouble ?? (seconds ? (1 / seconds).toFixed(1) : '');
    if (!told.frame) await rest(performance.now() - touched < EAGER_MS ? 30 : 300);
  }
};

window.triptych.easel.follow = (on) => {
  const began = on && !live;
  live = Boolean(on);
  root.dataset.live = live ? 'yes' : 'no';
  pace.hidden = !live;
  marked = '';
  seconds = 0;
  if (began) loop();
  paint();
};
