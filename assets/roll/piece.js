// The piece on the roll: its notes as { start, length, pitch, voice, velocity } in ticks, and when each tick sounds.
const NO_PIECE = { first: 0, bars: 16, bar: 96, beat: 24, snaps: true, seconds: 0, times: [[0, 0], [1536, 0]], tonic: 0, notes: [], voices: [] };
const CHORDS = 4; // sounded chord symbols: they follow the symbols, nobody moves them

const parse = (text) => {
  if (!text) return NO_PIECE;
  const body = JSON.parse(text);
  const notes = body.notes ? body.notes.split(';').map((line) => {
    const [start, length, pitch, voice, velocity] = line.split(',').map(Number);
    return { start, length, pitch, voice, velocity };
  }) : [];
  return { ...body, notes };
};

const write = (notes) => notes.map((n) => `${n.start},${n.length},${n.pitch},${n.voice},${n.velocity}`).join(';');
const order = (a, b) => a.start - b.start || a.voice - b.voice || a.pitch - b.pitch || a.length - b.length;

// Between two entries of `times` the tempo stays the same: column looked up, column wanted, value.
const convert = (times, from, to, value) => {
  const later = times.findIndex((entry) => entry[from] > value);
  const index = later < 0 ? times.length - 1 : Math.max(1, later);
  const [before, after] = [times[index - 1], times[index]];
  const span = after[from] - before[from];
  return span ? before[to] + (value - before[from]) / span * (after[to] - before[to]) : before[to];
};
