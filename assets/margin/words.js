// The tools: what nearly stood at the caret, what could stand in place of a passage.
const CUE = /^[^\n:：]{1,24}[:：]/gm;
const SIGHT = 20000; // characters a model is shown at most
const AHEAD = 240; // characters after the caret that are asked about too, so that the next click needs no question
const REST = 200;
const PATIENCE = 30000;
const MOVES = /^(Arrow|Home|End|Page)/;

let seeing = null; // what the model is asked about now: {from, page, since}
let seen = null; // what it was asked about last
let blind = false; // this model can't tell
let peering = 0;
let holding = 0;

const cues = () => (box.value.match(CUE) ?? []).length - headings.filter(({ line }) => line.match(CUE)).length;

// What to ask for the word at the caret: nothing where it is known, or was asked in vain.
const wish = () => {
  const at = box.selectionStart;
  if (blind || work || offered || at !== box.selectionEnd) return null;
  const found = runAt(runs, at);
  if (!found || found.run[3] || document.activeElement !== box) return null;
  const page = textOf(runs);
  const stop = page.slice(at + AHEAD).search(/[\s，。！？；]/);
  const paragraph = page.indexOf('\n', at) + 1 || page.length;
  const to = Math.min(paragraph, stop < 0 ? page.length : at + AHEAD + stop);
  const wished = sight(page, to);
  return seen?.from === wished.from && seen.page === wished.page ? null : wished;
};

const sight = (page, to) => {
  let from = Math.max(0, to - SIGHT);
  if (/[\udc00-\udfff]/.test(page[from])) from += 1;
  return { from, page: page.slice(from, to) };
};

const see = (wished) => {
  seeing = { ...wished, since: Date.now() };
  trigger('look', wished);
};

const peer = () => {
  peering = 0;
  const wished = wish();
  if (wished && !(seeing && Date.now() - seeing.since < PATIENCE)) see(wished);
};

const peerSoon = () => {
  clearTimeout(peering);
  peering = setTimeout(peer, REST);
};

const surprise = () => {
  root.classList.add('asking');
  const page = textOf(runs);
  see({ ...sight(page, page.length), aloud: true });
};

// An answer fits where the page still reads so; where none came, `answer` is an older one.
const hearSeen = (answer) => {
  seen = seeing ?? seen;
  seeing = null;
  root.classList.remove('asking');
  const told = answer ? JSON.parse(answer) : {};
  blind ||= Boolean(told.never);
  if (told.tokens && textOf(runs).startsWith(told.page, told.from) && !work) {
    const pieces = told.tokens.filter((token) => token[0]);
    const text = pieces.map((token) => token[0]).join('');
    const shown = told.page.replace(/ +$/, '');
    if (shown.endsWith(text)) runs = fillIn(runs, told.from + shown.length - text.length, pieces);
    if (look === 'surprise') colour();
  }
  showTools();
  peer();
};

const showWord = (tools, at) => {
  const found = runAt(runs, at);
  if (!found || !found.run[3]) {
    if (wish() && (seeing || peering)) tools.append(make('span', 'dots'));
    return;
  }
  const [piece, , chance, others] = found.run;
  tools.append(spoken('instead'), make('b', 'chosen', `${piece.trim() || '⏎'} ${percent(chance)}`));
  for (const [other, odds] of others) {
    if (other === piece) continue;
    const chip = button('chip', other.trim() || (other.includes('\n') ? '⏎' : other === '' ? '∎' : '␣'), () => {
      change(found.at, Infinity, other, 1, 'chosen');
      press('literature-continue');
    });
    chip.append(make('small', '', percent(odds)));
    chip.style.setProperty('--odds', odds);
    chip.disabled = other === '';
    tools.append(chip);
  }
};

// While an answer is under way the last word's stay in sight for a moment, out of reach: so nothing flickers.
const showTools = () => {
  clearTimeout(holding);
  const tools = find('.margin-tools');
  if (box && (seeing || peering) && tools.children.length && wish()) {
    tools.inert = true;
    holding = setTimeout(drawTools, 700);
  } else drawTools();
};

const drawTools = () => {
  const tools = find('.margin-tools');
  tools.inert = false;
  tools.replaceChildren();
  if (!box || work) return;
  const [from, to] = [box.selectionStart, box.selectionEnd];
  if (offered) {
    const title = make('div', 'offered-title');
    title.append(spoken(offered.texts.length ? 'offered' : offered.done ? 'nothing' : 'thinking'));
    tools.append(title);
    for (const text of offered.texts) {
      const kind = /^\s*\S{1,24}\s*$/.test(text) ? 'chip' : 'offer';
      tools.append(button(kind, text, () => change(offered.from, offered.to, text, 1, 'chosen')));
    }
    return;
  }
  const passage = box.value.slice(from, to);
  if (passage.trim()) {
    if (/^\S{1,24}$/.test(passage.trim())) tools.append(button('tool', spoken('word'), () => ask({ what: 'word', from, to })));
    for (const what of ['rewrite', 'expand']) tools.append(button('tool', spoken(what), () => ask({ what, from, to })));
    return;
  }
  if (document.activeElement === box || root.contains(document.activeElement)) {
    showWord(tools, from);
    if (cues() > 1) tools.append(button('tool', spoken('cast'), () => ask({ what: 'cast', from, to: from })));
    if (from && box.value.slice(from).trim()) tools.append(button('tool', spoken('fill'), () => ask({ what: 'fill', from, to: from })));
  }
};

const watchCaret = () => {
  for (const name of ['pointerup', 'click']) box.addEventListener(name, peerSoon);
  box.addEventListener('keyup', (event) => { if (MOVES.test(event.key)) peerSoon(); });
  for (const name of ['keyup', 'pointerup', 'click', 'select', 'focus']) {
    box.addEventListener(name, () => { if (!offered) showTools(); });
  }
  box.addEventListener('pointerdown', () => { offered = null; });
};
