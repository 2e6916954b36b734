// A page as runs: [text, who, chance, others]. `who` is 1 for the model's words; `others` are [piece, chance] pairs.
const textOf = (runs) => runs.map((run) => run[0]).join('');

const cut = (runs, from, to) => {
  const kept = [];
  let at = 0;
  for (const run of runs) {
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, run[0].length);
    if (start < end) kept.push(start === 0 && end === run[0].length ? run : [run[0].slice(start, end), run[1]]);
    at += run[0].length;
  }
  return kept;
};

const splice = (runs, from, to, put) => [...cut(runs, 0, from), ...put, ...cut(runs, to, Infinity)];

// How many letters two texts share at their start, and how many of the rest at their end.
const shared = (one, two) => {
  const most = Math.min(one.length, two.length);
  let start = 0;
  while (start < most && one[start] === two[start]) start += 1;
  let end = 0;
  while (end < most - start && one[one.length - 1 - end] === two[two.length - 1 - end]) end += 1;
  return [start, end];
};

// What the artist changed: everything between the longest common start and end is theirs.
const follow = (runs, text) => {
  const before = textOf(runs);
  if (before === text) return runs;
  const [start, end] = shared(before, text);
  const typed = text.slice(start, text.length - end);
  return splice(runs, start, before.length - end, typed ? [[typed, 0]] : []);
};

const runAt = (runs, place) => {
  let at = 0;
  for (const run of runs) {
    if (place < at + run[0].length) return { run, at };
    at += run[0].length;
  }
  return null;
};

// What a model tells of pieces of the page, from a place on: put where nothing is recorded yet, its owner kept.
const fillIn = (runs, from, pieces) => {
  const filled = [];
  let gap = [];
  let at = 0; // where the gap begins
  let place = from; // where the next piece stands
  let next = 0;
  const pass = () => { place += pieces[next][0].length; next += 1; };
  const close = () => {
    const end = at + textOf(gap).length;
    let told = at;
    while (next < pieces.length && place < at) pass();
    while (next < pieces.length && place + pieces[next][0].length <= end) {
      const [piece, chance, others] = pieces[next];
      const who = runAt(gap, place + piece.length - 1 - at).run[1];
      filled.push(...cut(gap, told - at, place - at), [piece, who, chance, others]);
      pass();
      told = place;
    }
    filled.push(...cut(gap, told - at, Infinity));
    gap = [];
    at = end;
  };
  for (const run of runs) {
    if (!run[3]) gap.push(run);
    else {
      close();
      filled.push(run);
      at += run[0].length;
    }
  }
  close();
  return filled;
};
