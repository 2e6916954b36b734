// Where two texts differ, word by word (a Chinese character is a word).
const MOST_COMPARED = 4e6; // pairs of words; where there are more, all between the shared start and end counts as changed

const wordsOf = (text) => text.match(/\p{Script=Han}|\s+|(?:(?!\p{Script=Han})\S)+/gu) ?? [];

// Return the parts of each text in order, [text, changed]: what isn't changed is the same in both.
const differ = (one, two) => {
  const [mine, theirs] = [wordsOf(one), wordsOf(two)];
  const [start, end] = shared(mine, theirs);
  const middle = [mine.slice(start, mine.length - end), theirs.slice(start, theirs.length - end)];
  const kept = common(...middle);
  return [mine, theirs].map((words, side) => {
    const parts = [[words.slice(0, start).join(''), false]];
    middle[side].forEach((word, index) => {
      const changed = !kept[side].has(index);
      if (parts.at(-1)[1] === changed) parts.at(-1)[0] += word;
      else parts.push([word, changed]);
    });
    return [...parts, [words.slice(words.length - end).join(''), false]];
  });
};

// The longest row of words that both have: the places of its words in each.
const common = (mine, theirs) => {
  const kept = [new Set(), new Set()];
  const [rows, columns] = [mine.length + 1, theirs.length + 1];
  if (rows * columns > MOST_COMPARED) return kept;
  const longest = new Uint16Array(rows * columns);
  for (let i = rows - 2; i >= 0; i -= 1) {
    for (let j = columns - 2; j >= 0; j -= 1) {
      const at = i * columns + j;
      longest[at] = mine[i] === theirs[j] ? longest[at + columns + 1] + 1 : Math.max(longest[at + columns], longest[at + 1]);
    }
  }
  for (let i = 0, j = 0; i < rows - 1 && j < columns - 1;) {
    const at = i * columns + j;
    if (mine[i] === theirs[j]) {
      kept[0].add(i);
      kept[1].add(j);
      i += 1;
      j += 1;
    } else if (longest[at + columns] >= longest[at + 1]) i += 1;
    else j += 1;
  }
  return kept;
};
