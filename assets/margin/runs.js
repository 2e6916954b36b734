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

// What the artist changed: everything between the longest common start and end is theirs.
const follow = (runs, text) => {
  const before = textOf(runs);
  if (before === text) return runs;
  const most = Math.min(before.length, text.length);
  let start = 0;
  while (start < most && before[start] === text[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end += 1;
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
