// The engraved score: asked for when it comes into sight, and again when it is given another width. While the piece is
// played its notes light up, and a click on one goes there.
const MOST_TRIES = 4;
const NEAR = 10; // pixels by which a click may miss a note
const sheet = element.querySelector('.score');
let [wide, asking, drawn, place] = [0, 0, 0, -1];
let times = []; // [seconds, ids of the notes that begin, ids of those that end]

const sound = () => document.querySelector('#music-roll audio');

const put = () => {
  const engraved = props.value ? JSON.parse(props.value) : { pages: [], times: [] };
  [times, place] = [engraved.times, -1];
  sheet.replaceChildren(...engraved.pages.map((page) => {
    const parsed = new DOMParser().parseFromString(page, 'image/svg+xml').documentElement;
    for (const script of parsed.querySelectorAll('script, foreignObject')) script.remove();
    return document.importNode(parsed, true);
  }));
  if (times.length) light();
};

const light = () => {
  cancelAnimationFrame(drawn);
  const [heard, now] = [sound(), sound()?.currentTime ?? 0];
  const next = now > 0 ? times.findLastIndex(([seconds]) => seconds <= now) : -1;
  if (next !== place) {
    place = next;
    const sounding = new Set();
    for (const [, begun, ended] of times.slice(0, place + 1)) {
      for (const id of ended) sounding.delete(id);
      for (const id of begun) sounding.add(id);
    }
    for (const note of sheet.querySelectorAll('.sounding')) note.classList.remove('sounding');
    for (const id of sounding) sheet.querySelector(`[id="${id}"]`)?.classList.add('sounding');
  }
  if (heard && !heard.paused && times.length) drawn = requestAnimationFrame(light);
};
for (const event of ['play', 'pause', 'seeked', 'ended']) { // media events don't bubble, but they are captured
  document.addEventListener(event, (told) => { if (told.target === sound()) light(); }, true);
}
sheet.addEventListener('click', ({ clientX: x, clientY: y }) => { // a half note's head is hollow, and a finger is blunt
  const gaps = [...sheet.querySelectorAll('.note')].map((note) => {
    const { left, right, top, bottom } = note.getBoundingClientRect();
    return [Math.hypot(Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0)), note.id];
  });
  const [, id] = gaps.reduce((nearest, other) => (other[0] < nearest[0] ? other : nearest), [NEAR]);
  const mark = times.find(([, begun]) => begun.includes(id));
  if (mark && sound().dataset.from) sound().currentTime = mark[0];
});

const ask = (width, tries) => { // again where nobody listened yet: the page may still be busy opening the fold
  clearTimeout(asking);
  asking = setTimeout(() => {
    trigger('show', { width });
    if (tries && width && !props.value) ask(width, tries - 1);
  }, tries === MOST_TRIES ? 120 : 1500);
};

new ResizeObserver(() => {
  const width = Math.round(sheet.clientWidth);
  if (Math.abs(width - wide) < 24) return;
  wide = width;
  ask(width, MOST_TRIES);
}).observe(sheet);
watch('value', put);
put();
