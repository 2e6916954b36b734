// Bars of sound laid one after another without a gap, each as soon as it is there.
const openStream = (changed) => {
  const START = 0.25;
  const FADE = 0.08;
  let context, out, base, laid, gaps, run;

  const wake = () => {
    context ||= new AudioContext();
    if (context.state === 'suspended') context.resume();
    return context;
  };

  const begin = () => {
    wake();
    out = context.createGain();
    out.connect(context.destination);
    [base, laid, gaps, run] = [null, new Map(), 0, (run || 0) + 1];
  };

  const lay = (sound, at) => {
    if (base === null) base = context.currentTime + START - at;
    const late = context.currentTime + 0.02 - (base + at);
    if (late > 0) { base += late; gaps += 1; }
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(out);
    source.start(base + at);
  };

  const take = async (bars) => {
    if (!out) begin();
    const now = run;
    for (const { bar, at, sound } of bars) {
      if (laid.has(bar)) continue;
      laid.set(bar, fetch(sound.url).then((answer) => answer.arrayBuffer()).then((data) => context.decodeAudioData(data)));
      const decoded = await laid.get(bar).catch(() => null);
      if (run !== now || !out) return;
      if (decoded) lay(decoded, at); else laid.delete(bar);
      changed();
    }
  };

  const stop = () => {
    if (!out) return;
    out.gain.setTargetAtTime(0, context.currentTime, FADE / 3);
    const fading = out;
    setTimeout(() => fading.disconnect(), FADE * 3000);
    out = null;
    run += 1;
    changed();
  };

  return {
    wake, take, stop,
    get playing() { return Boolean(out) && base !== null; },
    get seconds() { return out && base !== null ? Math.max(0, context.currentTime - base) : 0; },
    get gaps() { return gaps || 0; },
    get laid() { return laid ? laid.size : 0; },
  };
};
