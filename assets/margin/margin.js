const history_ = new History();
let box = null;
let sheet = null;
let runs = history_.runs;
let look = 'plain';
let fallen = 0;
let work = null; // the run that writes now: {run, base, tokens, draft}
let over = 0; // the newest run that has ended, or was left
let base = []; // the page as it was when a run was asked for
let voices = []; // columns that are being written
let offered = null; // {from, to, texts}
let resting = 0;

// The page: a text box, and a sheet behind it on which words are coloured.

const write = (text) => {
  const caret = [box.selectionStart, box.selectionEnd];
  const atEnd = box.scrollTop + box.clientHeight > box.scrollHeight - 40;
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, text);
  box.dispatchEvent(new Event('input', { bubbles: true }));
  if (document.activeElement === box && !work) box.setSelectionRange(...caret);
  if (atEnd) box.scrollTop = box.scrollHeight;
};

const shade = ([, who, chance], at) => {
  if (look === 'whose' && who) return 'theirs';
  if (look === 'surprise' && chance !== undefined) return `s${Math.min(5, Math.floor(-Math.log2(Math.max(chance, 1e-9)) / 2))}`;
  return at < fallen ? 'fallen' : '';
};

const colour = () => {
  if (!sheet) return;
  sheet.style.width = `${box.clientWidth}px`;
  sheet.style.height = `${box.clientHeight}px`;
  const inner = sheet.firstChild;
  inner.replaceChildren();
  let at = 0;
  let last = null;
  const parted = fallen ? [...cut(runs, 0, fallen), ...cut(runs, fallen, Infinity)] : runs;
  for (const run of look === 'plain' && !fallen ? [] : parted) {
    const name = shade(run, at);
    if (last && last.className === name && look !== 'surprise') last.textContent += run[0];
    else inner.append((last = make('span', name, run[0])));
    at += run[0].length;
  }
  inner.append('\u200b');
  scroll();
};

const scroll = () => { sheet.firstChild.style.transform = `translateY(${-box.scrollTop}px)`; };

const lay = () => {
  sheet = make('div', 'margin-sheet');
  sheet.append(make('div'));
  sheet.setAttribute('aria-hidden', 'true');
  box.parentElement.style.position = 'relative';
  box.before(sheet);
  box.addEventListener('scroll', scroll);
  new ResizeObserver(colour).observe(box);
};

// History.

const settle = (kind) => {
  if (textOf(runs) === textOf(history_.runs)) return;
  history_.go(history_.add(runs, kind));
  showVersions();
  if (compared) showColumns();
};

const rest = () => {
  clearTimeout(resting);
  if (work) keepDraft();
  else settle('typed');
};

const show = () => {
  runs = history_.runs;
  offered = null;
  fallen = 0;
  write(textOf(runs));
  showAll();
};

const leaveRun = () => {
  if (work) finish();
};

const step = (move) => {
  leaveRun();
  rest();
  if (history_[move]()) show();
};

const takeUp = (id) => {
  leaveRun();
  rest();
  history_.go(id);
  show();
};

const change = (from, to, text, who, kind) => {
  rest();
  runs = splice(runs, from, to, [[text, who]]);
  settle(kind);
  offered = null;
  write(textOf(runs));
  showAll();
};

// What the studio writes.

const keepDraft = () => {
  work.draft ??= history_.add(runs, 'written');
  history_.nodes[work.draft].runs = runs;
  history_.go(work.draft);
};

const finish = () => {
  keepDraft();
  fallen = work.fallen;
  over = work.run;
  work = null;
  box.readOnly = false;
  showAll();
};

const begin = (told) => {
  rest();
  const opening = told.opening === null ? base : told.opening ? [[told.opening, 0]] : [];
  if (told.opening) history_.go(history_.add(opening, 'opening'));
  work = { run: told.run, base: opening, tokens: [], fallen: 0 };
  box.readOnly = true;
  offered = null;
  root.classList.add('busy');
  drawOutline();
};

const receive = (told) => {
  if (told.run <= over) return;
  if (work?.run !== told.run) begin(told);
  if (told.from === work.tokens.length || told.done) work.tokens = [...work.tokens.slice(0, told.from), ...told.tokens];
  const known = work.tokens.map((token) => token[0]).join('');
  const written = told.text.startsWith(known) ? work.tokens.filter((token) => token[0]) : [];
  const more = told.text.slice(written.length ? known.length : 0);
  runs = [...work.base, ...written.map(([piece, chance, others]) => [piece, 1, chance, others]), ...(more ? [[more, 1]] : [])];
  work.fallen = told.fallen;
  write(textOf(runs));
  colour();
  if (told.done) finish();
  else saveSoon();
};

let saving = 0;
const saveSoon = () => {
  if (saving) return;
  saving = setTimeout(() => {
    saving = 0;
    if (work) keepDraft();
  }, 700);
};

const receiveVoices = (told) => {
  voices = told.texts.map((text, index) => ({ text, label: told.labels[index] }));
  if (told.done) {
    rest();
    const made = told.texts.map((text) => history_.add([...base, [text, 1]], 'written'));
    voices = [];
    history_.go(made[0]);
    show();
  }
  showColumns();
};

const hear = () => {
  const told = props.value ? JSON.parse(props.value) : null;
  if (!told || !box) return;
  if (told.kind === 'written') receive(told);
  if (told.kind === 'voices') receiveVoices(told);
  if (told.kind === 'offered') {
    offered = told.page === textOf(runs) ? told : null;
    root.classList.toggle('asking', !told.done);
    showTools();
  }
};

const ask = (question) => {
  rest();
  root.classList.add('asking');
  const page = textOf(runs);
  const { from = 0, to = 0 } = question;
  const parts = { before: page.slice(0, from), passage: page.slice(from, to), after: page.slice(to) };
  trigger('ask', { from, to, ...parts, ...question });
};

const showAll = () => {
  root.classList.toggle('busy', Boolean(work));
  colour();
  showTools();
  showColumns();
  showVersions();
  outline();
};

root.addEventListener('click', (event) => {
  const chosen = event.target.closest('[data-look]');
  if (!chosen) return;
  look = chosen.dataset.look;
  for (const one of root.querySelectorAll('[data-look]')) one.setAttribute('aria-pressed', one === chosen);
  if (look === 'surprise' && runs.some((run) => run[2] === undefined && run[0].trim())) surprise();
  colour();
});

const keys = (event) => {
  if (!(event.ctrlKey || event.metaKey)) return;
  const key = event.key.toLowerCase();
  const move = key === 'y' || (key === 'z' && event.shiftKey) ? 'redo' : key === 'z' ? 'undo' : key === 'enter' ? 'go' : '';
  if (!move) return;
  event.preventDefault();
  if (move === 'go') press('literature-continue');
  else if (move === 'undo') press('literature-undo');
  else step(move);
};

const attach = () => {
  box = document.querySelector('#literature-page textarea');
  if (!box) return setTimeout(attach, 50);
  lay();
  box.addEventListener('keydown', keys);
  box.addEventListener('input', () => {
    if (work || box.value === textOf(runs)) return;
    runs = follow(runs, box.value);
    offered = null;
    clearTimeout(resting);
    resting = setTimeout(rest, 900);
    colour();
  });
  watchCaret();
  for (const name of ['keyup', 'pointerup', 'click', 'focus']) box.addEventListener(name, markHeading);
  box.addEventListener('input', outlineSoon);
  for (const id of ['literature-write', 'literature-continue', 'literature-chorus']) {
    document.getElementById(id)?.addEventListener('click', () => { rest(); base = runs; }, true);
  }
  document.getElementById('literature-stop')?.addEventListener('click', () => root.classList.remove('asking'));
  addEventListener('pagehide', rest);
  addEventListener('storage', (event) => {
    if (event.key === STORE) {
      history_.nodes = { ...(readStore().nodes || {}), ...history_.nodes };
      showVersions();
    }
  });
  if (history_.head) show();
  else showAll();
  watch('value', hear);
};

window.triptych.page = {
  see: hearSeen,
  draw: outline,
  undo: () => step('undo'),
  redo: () => step('redo'),
  // Another version: back to the page before the last writing. Return what the page then holds.
  retry: () => {
    leaveRun();
    rest();
    if (history_.nodes[history_.head]?.kind === 'written') {
      history_.go(history_.parent);
      show();
    }
    base = runs;
    return textOf(runs);
  },
};
attach();
