// Versions of the page: as columns side by side, and as a list of all.
let compared = null; // the version that stands beside the page

const column = (text, label, act, key = 'take') => {
  const made = make('div', 'column');
  if (label) made.append(label instanceof Node ? label : make('b', '', label));
  made.append(make('p', '', text));
  if (act) made.append(button('tool', spoken(key), act));
  return made;
};

const showColumns = () => {
  const columns = find('.margin-columns');
  columns.replaceChildren();
  if (compared === history_.head || !history_.nodes[compared]) compared = null;
  columns.classList.toggle('compared', Boolean(compared) && !voices.length);
  if (voices.length) {
    for (const voice of voices) {
      const made = column(voice.text, voice.label);
      columns.append(made);
      const words = made.querySelector('p');
      words.scrollTop = words.scrollHeight; // what is written last is what is watched
    }
    return;
  }
  if (compared) {
    showPair(columns);
    return;
  }
  const ids = history_.siblings().slice(-6);
  if (ids.length < 2) return;
  const parent = history_.nodes[history_.nodes[history_.head].parent];
  const before = parent ? textOf(parent.runs).length : 0;
  for (const id of ids) {
    const made = column(textOf(history_.nodes[id].runs).slice(before), '', id === history_.head ? null : () => takeUp(id));
    made.classList.toggle('here', id === history_.head);
    columns.append(made);
  }
};

const markChanges = (paragraph, parts) => {
  paragraph.replaceChildren(...parts.map(([text, changed]) => (changed && text.trim() ? make('mark', '', text) : text)));
  const first = paragraph.querySelector('mark');
  const down = first ? first.offsetTop - paragraph.offsetTop : 0;
  if (down > paragraph.clientHeight - 60) paragraph.scrollTop = down - 2 * parseFloat(getComputedStyle(paragraph).lineHeight);
  paragraph.tabIndex = 0;
};

const showPair = (columns) => {
  const node = history_.nodes[compared];
  const [mine, theirs] = [textOf(runs), textOf(node.runs)];
  const when = make('b');
  when.append(make('span', '', clock(node.time)), ' · ', spoken(node.kind));
  const here = make('b');
  here.append(spoken('here'));
  const pair = [column(mine, here), column(theirs, when, () => takeUp(compared), 'use')];
  pair[0].classList.add('here');
  pair[1].append(button('tool', spoken('close'), () => {
    const chosen = compared;
    compared = null;
    showColumns();
    showVersions();
    root.querySelector(`[data-version="${chosen}"]`)?.focus();
  }));
  columns.append(...pair);
  differ(mine, theirs).forEach((parts, side) => markChanges(pair[side].querySelector('p'), parts));
};

const compare = (id) => {
  if (id === history_.head) return;
  rest();
  compared = id;
  showColumns();
  showVersions();
  const columns = find('.margin-columns');
  columns.scrollIntoView({ block: 'nearest' });
  columns.querySelector('button')?.focus({ preventScroll: true });
};

const clock = (time) => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const showVersions = () => {
  const list = find('.margin-versions ol');
  list.replaceChildren();
  const nodes = Object.entries(history_.nodes).filter(([, node]) => node.kind !== 'opening')
    .sort((one, two) => two[1].time - one[1].time).slice(0, 60);
  find('.margin-versions').hidden = nodes.length < 2;
  for (const [id, node] of nodes) {
    const line = make('li');
    const text = textOf(node.runs);
    const version = button(id === history_.head ? 'version here' : 'version', '', () => compare(id));
    version.dataset.version = id;
    version.setAttribute('aria-pressed', id === compared);
    version.append(make('small', '', clock(node.time)), spoken(node.kind));
    version.append(make('span', 'end', text.slice(-48).replace(/\s+/g, ' ') || '—'));
    if (id === history_.head) version.setAttribute('aria-current', 'true');
    line.append(version);
    list.append(line);
  }
};
