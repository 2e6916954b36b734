const root = element.querySelector('.roll');
const scroller = root.querySelector('.roll-scroll');
const canvas = root.querySelector('canvas');
const pen = canvas.getContext('2d');
const audio = root.querySelector('audio');
const button = root.querySelector('button');
const seek = root.querySelector('input');
const clock = root.querySelector('output');
const MIN_BAR_PX = 64;
const NO_PIECE = { first: 0, bars: 16, bar: 96, beat: 24, seconds: 0, times: [[0, 0], [1536, 0]], tonic: 0, notes: [] };
let piece = NO_PIECE;
let drawn = 0;
let playing = 0;

const parse = (text) => {
  if (!text) return NO_PIECE;
  const body = JSON.parse(text);
  const notes = body.notes ? body.notes.split(';').map((note) => note.split(',').map(Number)) : [];
  return { ...body, notes };
};

const ticks = () => piece.bars * piece.bar;
// Between two entries of `times` the tempo stays the same: [column looked up, column wanted, value].
const convert = (from, to, value) => {
  const later = piece.times.findIndex((entry) => entry[from] > value);
  const index = later < 0 ? piece.times.length - 1 : Math.max(1, later);
  const [before, after] = [piece.times[index - 1], piece.times[index]];
  const span = after[from] - before[from];
  return span ? before[to] + (value - before[from]) / span * (after[to] - before[to]) : before[to];
};
const tickAt = (seconds) => convert(1, 0, seconds);
const secondsAt = (tick) => convert(0, 1, tick);
const stream = openStream(() => plan());
const time = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const measure = () => {
  const height = canvas.clientHeight || 260;
  const width = Math.max(scroller.clientWidth, piece.bars * MIN_BAR_PX);
  const ratio = Math.min(window.devicePixelRatio || 1, 3);
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.style.width = `${width}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
};

const range = () => {
  const pitches = piece.notes.map((note) => note[2]);
  let low = pitches.length ? Math.min(...pitches) - 2 : 55;
  let high = pitches.length ? Math.max(...pitches) + 2 : 79;
  while (high - low < 26) { low -= 1; high += 1; }
  return { low, high };
};

const drawGrid = (size, look, x, y, row) => {
  const { low, high } = range();
  pen.fillStyle = look.line;
  for (let pitch = low; pitch <= high; pitch += 1) {
    if (((pitch - piece.tonic) % 12 + 12) % 12 === 0) {
      pen.globalAlpha = 0.35;
      pen.fillRect(0, y(pitch), size.width, row);
    }
  }
  for (let beat = 0; beat <= ticks(); beat += piece.beat) {
    const isBar = beat % piece.bar === 0;
    pen.globalAlpha = isBar ? 0.9 : 0.35;
    pen.fillRect(Math.round(x(beat)), 0, 1, size.height);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = look.faint;
  pen.font = '11px ui-sans-serif, system-ui, sans-serif';
  const every = size.width / piece.bars < 34 ? 4 : 1;
  for (let bar = 0; bar < piece.bars; bar += every) pen.fillText(String(piece.first + bar + 1), x(bar * piece.bar) + 5, 14);
};

const draw = () => {
  drawn = 0;
  const size = measure();
  const style = getComputedStyle(root);
  const colour = (name) => style.getPropertyValue(name).trim() || '#888';
  const look = { line: colour('--border-color-primary'), faint: colour('--body-text-color-subdued') };
  const { low, high } = range();
  const row = (size.height - 24) / (high - low + 1);
  const x = (tick) => (tick / ticks()) * size.width;
  const y = (pitch) => 20 + (high - pitch) * row;
  pen.clearRect(0, 0, size.width, size.height);
  drawGrid(size, look, x, y, row);
  const live = stream.playing;
  const now = live ? tickAt(stream.seconds) : piece.sound ? tickAt(audio.currentTime) : -1;
  let newest = 0;
  for (const [start, length, pitch, voice] of piece.notes) {
    newest = Math.max(newest, start);
    const sounds = now >= start && now < start + length && (live || audio.currentTime > 0);
    pen.fillStyle = colour(`--voice-${voice}`);
    pen.globalAlpha = voice === 4 ? 0.4 : sounds || !(playing || live) ? 1 : 0.62;
    pen.beginPath();
    pen.roundRect(x(start) + 0.5, y(pitch) + 0.5, Math.max(3, x(length) - 1), Math.max(3, row - 1), Math.min(3, row / 2));
    pen.fill();
  }
  pen.globalAlpha = 1;
  const head = piece.sound || live ? now : piece.notes.length ? newest : -1;
  if (head >= 0) {
    pen.fillStyle = colour('--roll-now');
    pen.fillRect(Math.round(x(Math.min(head, ticks()))), 0, 2, size.height);
    if (playing || !piece.sound) follow(x(head));
  }
  root.dataset.live = live ? `${stream.laid} ${stream.gaps} ${stream.seconds.toFixed(1)}` : '';
  if (live) { tell(); plan(); }
};

const follow = (place) => {
  const width = scroller.clientWidth;
  if (place < scroller.scrollLeft || place > scroller.scrollLeft + width * 0.85) {
    scroller.scrollLeft = place - width * 0.25;
  }
};

const plan = () => { if (!drawn) drawn = requestAnimationFrame(draw); };

const tell = () => {
  const end = piece.sound ? audio.duration || piece.seconds : piece.seconds;
  seek.max = String(end || 1);
  seek.value = String(audio.currentTime || 0);
  clock.textContent = stream.playing ? time(stream.seconds) : `${time(audio.currentTime || 0)} / ${time(end || 0)}`;
};

const beatOn = () => {
  if (!playing) return;
  tell();
  plan();
  playing = requestAnimationFrame(beatOn);
};

const setPlaying = (on) => {
  root.dataset.playing = on ? 'yes' : 'no';
  cancelAnimationFrame(playing);
  playing = on ? requestAnimationFrame(beatOn) : 0;
  tell();
  plan();
};

const put = () => {
  const value = props.value || {};
  piece = parse(value.score);
  piece.sound = value.sound && value.sound.url;
  if (value.stream) stream.take(value.stream); else stream.stop();
  if (piece.sound && audio.dataset.from !== piece.sound) {
    audio.dataset.from = piece.sound;
    audio.src = piece.sound;
  } else if (!piece.sound && audio.dataset.from) {
    audio.pause();
    delete audio.dataset.from;
    audio.removeAttribute('src');
    audio.load();
  }
  button.disabled = seek.disabled = !piece.sound;
  root.dataset.notes = piece.notes.length;
  tell();
  plan();
};

const go = (seconds) => {
  if (!piece.sound) return;
  audio.currentTime = Math.max(0, Math.min(seconds, audio.duration || piece.seconds));
  tell();
  plan();
};

button.addEventListener('click', () => { if (audio.paused) audio.play(); else audio.pause(); });
seek.addEventListener('input', () => go(Number(seek.value)));
canvas.addEventListener('click', (event) => {
  const place = (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
  go(secondsAt(place * ticks()));
});
scroller.addEventListener('keydown', (event) => {
  if (event.key === ' ') { event.preventDefault(); if (!button.disabled) button.click(); }
});
audio.addEventListener('play', () => setPlaying(true));
audio.addEventListener('pause', () => setPlaying(false));
audio.addEventListener('ended', () => { setPlaying(false); scroller.scrollLeft = 0; });
audio.addEventListener('loadedmetadata', tell);
new ResizeObserver(plan).observe(scroller);
new MutationObserver(plan).observe(document.body, { attributes: true, attributeFilter: ['class'] });
document.addEventListener('click', (event) => {
  if (event.target.closest('#music-concert')) { stream.stop(); audio.pause(); stream.wake(); }
  if (event.target.closest('#music-stop')) stream.stop();
});
watch('value', put);
put();
