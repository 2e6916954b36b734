// The outline: which lines are headings is for Python to say; what it said of a line is remembered.
const LONGEST = 200;
const AT_ONCE = 2000;
const judged = new Map(); // what identifies a line: the level of its heading, 0 where it is none
let headings = []; // {line, at, level, length, chinese}
let outlining = 0;
let drawn = '';

const genre = () => window.triptych.genre ?? { form: 'verse', language: window.triptych.language };

const linesOf = (page) => {
  const { form } = genre();
  const lines = page.split('\n');
  let at = 0;
  const placed = lines.map((line, index) => {
    const alone = !lines[index - 1]?.trim() && !lines[index + 1]?.trim();
    const found = { line, at, alone, key: `${form} ${alone} ${line}` };
    at += line.length + 1;
    return found;
  });
  return placed.filter(({ line }) => line.trim() && line.length <= LONGEST && line.isWellFormed?.() !== false);
};

const count = (text) => {
  const letters = (text.match(/\p{Script=Han}/gu) ?? []).length;
  const words = (text.match(/[\p{Script=Latin}\p{N}][\p{L}\p{N}]*(?:['’-][\p{L}\p{N}]+)*/gu) ?? []).length;
  return letters > words ? { length: letters, chinese: true } : { length: words, chinese: false };
};

const readHeadings = (page, lines) => {
  const found = lines.map((line) => ({ ...line, level: judged.get(line.key) })).filter(({ level }) => level);
  return found.map((heading, index) => {
    const next = found.slice(index + 1).find(({ level }) => level <= heading.level);
    return { ...heading, ...count(page.slice(heading.at + heading.line.length, next?.at)) };
  });
};

// Ask about the lines not seen before, and draw what is known by then.
const outline = async () => {
  clearTimeout(outlining);
  if (!box) return;
  const page = box.value;
  const lines = linesOf(page);
  const unknown = [...new Map(lines.filter(({ key }) => !judged.has(key)).map((line) => [line.key, line])).values()];
  const { form } = genre();
  try {
    for (let from = 0; from < unknown.length; from += AT_ONCE) {
      const some = unknown.slice(from, from + AT_ONCE);
      const levels = await server.find_headings({ form, lines: some.map(({ line, alone }) => [line, alone]) });
      some.forEach(({ key }, index) => judged.set(key, levels[index]));
    }
  } catch { /* the connection is gone: asked again at the next change */ }
  if (box.value !== page || genre().form !== form) return;
  headings = readHeadings(page, lines);
  drawOutline();
};

const outlineSoon = () => {
  clearTimeout(outlining);
  outlining = setTimeout(outline, 400);
};

const drawOutline = () => {
  const place = find('.margin-outline');
  const { form } = genre();
  place.hidden = !headings.length && form !== 'fiction' && form !== 'play';
  const now = JSON.stringify([form, headings.map(({ line, level, length }) => [line, level, length])]);
  if (now !== drawn) {
    drawn = now;
    const list = place.querySelector('ol');
    const held = [...list.querySelectorAll('button')].indexOf(document.activeElement);
    list.replaceChildren(...headings.map(drawHeading));
    list.querySelectorAll('button')[held]?.focus({ preventScroll: true });
    const fresh = button('outline-new', spoken(form === 'play' ? 'scene' : 'chapter'), addHeading);
    place.querySelector('.outline-new')?.remove();
    place.firstElementChild.append(fresh);
  }
  place.querySelector('.outline-new').disabled = Boolean(work);
  markHeading();
};

const drawHeading = ({ line, level, length, chinese }, index) => {
  const made = make('li', level > 1 ? 'minor' : '');
  const name = line.trim().replace(/^#+\s+|\*\*/g, '');
  const jump = button('', make('span', 'name', name), () => goTo(headings[index].at));
  const size = make('small', '', length.toLocaleString());
  size.append(' ', spoken(chinese ? 'counted.letters' : length === 1 ? 'counted.word' : 'counted.words'));
  jump.append(' ', size);
  made.append(jump);
  return made;
};

const markHeading = () => {
  const at = box.selectionStart;
  const here = headings.filter((heading) => heading.at <= at).length - 1;
  const list = find('.margin-outline ol');
  const marked = list.querySelector('[aria-current]');
  const jump = list.querySelectorAll('button')[here];
  if (marked === (jump ?? null)) return;
  marked?.removeAttribute('aria-current');
  if (!jump) return;
  jump.setAttribute('aria-current', 'true');
  const down = jump.offsetTop - list.offsetTop - list.scrollTop;
  if (down < 0 || down + jump.offsetHeight > list.clientHeight) list.scrollTop += down - list.clientHeight / 2;
};

// Put the caret at a place and scroll it into sight: how far down it is, the sheet's own lines tell.
const goTo = (at) => {
  const ruler = make('div', '', `${box.value.slice(0, at)}\u200b`);
  sheet.append(ruler);
  const line = parseFloat(getComputedStyle(ruler).lineHeight);
  const down = ruler.offsetHeight - parseFloat(getComputedStyle(ruler).paddingBottom) - line;
  ruler.remove();
  box.focus({ preventScroll: true });
  box.setSelectionRange(at, at);
  box.scrollTop = Math.max(0, down - line);
  box.scrollIntoView({ block: 'nearest' });
  markHeading();
};

const addHeading = async () => {
  await outline();
  const { form, language } = genre();
  const page = textOf(runs);
  const asked = { form, language: page.trim() ? (count(page).chinese ? 'zh' : 'en') : language };
  let text = '';
  try {
    text = await server.next_heading({ ...asked, headings: headings.slice(-AT_ONCE).map(({ line }) => line) });
  } catch { return; }
  if (work || textOf(runs) !== page) return;
  const end = page.trimEnd().length;
  change(end, Infinity, `${end ? '\n\n' : ''}${text}`, 0, 'typed');
  goTo(box.value.length);
};
