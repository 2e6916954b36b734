"""A piece of which a part is to be composed: some bars, some voices. The rest is given, and stays as it is.

The composer sees, in its own words, all that stands before the gap; then, marked `ahead`, the two bars after it; and
in each bar of the gap, between `given` and `make`, the voices that are there already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipelines.errors import UnreadableOpening
from pipelines.melody.grammar import Grammar
from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, DRUMS, HIT_TICKS, STYLES, Harmony, Header, Sketch, Tone
from pipelines.melody.vocabulary import (
    AHEAD,
    AT,
    CHORD,
    DRUM_KIT,
    END,
    FOR,
    GIVEN,
    HIT,
    IDS,
    LENGTHS,
    MAKE,
    POSITIONS,
    QUALITIES,
    VOICES,
    WORDS,
    Script,
    encode_header,
    read_tone,
)
from pipelines.melody.voicing import fold, set_voice

LOOK_AHEAD = 2  # bars after the gap that are told before it
PARTING = " | "
NO_PARTS = "none"  # the draft is the piece
PARTS = ("melody", "second", "third", "bass", "chords", "drums")  # the voices by number


@dataclass(frozen=True)
class Gap:
    """Bars `first` to before `end`, counted from 0, and what is to be composed in them: some of a style's `parts`."""

    first: int
    end: int
    voices: frozenset[int]


def lay_out(sketch: Sketch, gap: Gap) -> list[int]:
    """Return a whole piece as a composer is told it and should go on: the header, what is before, the gap, `end`."""
    script = Script(sketch)
    words = [*encode_header(sketch.header), *tell_before(script, gap)]
    for bar in range(gap.first, gap.end):
        words += [script.bar_word(bar), *tell_given(script, gap, bar), *script.write(bar, gap.voices)]
    return [*words, script.bar_word(gap.end) if gap.end < script.bars else END]


def tell_before(script: Script, gap: Gap) -> list[int]:
    """Return the bars before a gap and, marked, the first ones after it."""
    words = [word for bar in range(gap.first) for word in tell_bar(script, bar)]
    after = range(gap.end, min(gap.end + LOOK_AHEAD, script.bars))
    return [*words, AHEAD, *(word for bar in after for word in tell_bar(script, bar)), MAKE] if after else words


def tell_bar(script: Script, bar: int) -> list[int]:
    """Return a bar that is all there."""
    return [script.bar_word(bar), *script.write(bar, script.parts)]


def tell_given(script: Script, gap: Gap, bar: int) -> list[int]:
    """Return what is given in a bar of the gap; nothing where all of it is to be composed."""
    rest = script.parts - gap.voices
    return [GIVEN, *script.write(bar, rest), MAKE] if rest else []


def write_draft(sketch: Sketch) -> str:
    """Return a sketch's bars in words, to be kept among the parameters."""
    script = Script(sketch)
    bars = (script.write(bar, script.parts) for bar in range(sketch.bars))
    return PARTING.join(" ".join(WORDS[word] for word in bar) for bar in bars)


def read_draft(text: str, header: Header) -> Sketch:
    """Read what `write_draft` wrote; raise UnreadableOpening for all else, such as a voice that the style lacks."""
    bars, length = text.split(PARTING.strip()), BAR_TICKS[header.metre]
    tones: list[Tone] = []
    harmonies: list[Harmony] = []
    for bar, written in enumerate(bars):
        for begun in read_bar([_find(word) for word in written.split()], bar * length, length):
            if isinstance(begun, Harmony):
                harmonies.append(begun)
            else:
                tones.append(begun)
    end = len(bars) * length
    voices = STYLES[header.style].voices
    if any(tone.voice not in voices or tone.start_ticks + tone.length_ticks > end for tone in tones):
        raise UnreadableOpening
    if harmonies and not STYLES[header.style].harmonies:
        raise UnreadableOpening
    return Sketch(header, len(bars), tuple(sorted(set(tones))), tuple(sorted(set(harmonies))))


def _find(word: str) -> int:
    if word not in IDS:
        raise UnreadableOpening
    return IDS[word]


def read_bar(words: Iterable[int], first: int, length: int) -> Iterator[Tone | Harmony]:
    """Yield what begins in a bar of `length` ticks from tick `first` on; raise UnreadableOpening."""
    now = -1
    left = iter(words)
    for word in left:
        if AT <= word < AT + len(POSITIONS) and now < POSITIONS[word - AT] < length:
            now = POSITIONS[word - AT]
        elif now < 0:
            raise UnreadableOpening
        elif CHORD <= word < CHORD + 12 * len(QUALITIES):
            root, quality = divmod(word - CHORD, len(QUALITIES))
            yield Harmony(first + now, root, QUALITIES[quality])
        elif HIT <= word < HIT + len(DRUM_KIT):
            yield Tone(first + now, DRUMS, DRUM_KIT[word - HIT], HIT_TICKS)
        elif VOICES[0] <= word < FOR:
            lasting = next(left, END) - FOR
            if not 0 <= lasting < len(LENGTHS):
                raise UnreadableOpening
            yield Tone(first + now, *read_tone(word), LENGTHS[lasting])
        else:
            raise UnreadableOpening


def next_given(sketch: Sketch, gap: Gap) -> dict[int, int]:
    """Return when each of the gap's voices is there again after it, in ticks; a voice that isn't is left out."""
    end = gap.end * BAR_TICKS[sketch.header.metre]
    again: dict[int, int] = {}
    for tone in sketch.tones:
        if tone.start_ticks >= end and tone.voice in gap.voices:
            again[tone.voice] = min(tone.start_ticks, again.get(tone.voice, tone.start_ticks))
    return again


def take_out(sketch: Sketch, gap: Gap) -> Sketch:
    """Return a sketch without what its gap will hold; what is held into the gap ends where it begins."""
    length = BAR_TICKS[sketch.header.metre]
    first, end = gap.first * length, gap.end * length
    tones = []
    for tone in sketch.tones:
        inside = first <= tone.start_ticks < end
        if tone.voice not in gap.voices or not (
            inside or tone.start_ticks < first < tone.start_ticks + tone.length_ticks
        ):
            tones.append(tone)
        elif not inside and (kept := _fit(first - tone.start_ticks)):
            tones.append(Tone(tone.start_ticks, tone.voice, tone.pitch, kept))
    keeps_chords = ACCOMPANIMENT not in gap.voices
    harmonies = tuple(h for h in sketch.harmonies if keeps_chords or not first <= h.start_ticks < end)
    return Sketch(sketch.header, sketch.bars, tuple(tones), harmonies)


def _fit(ticks: int) -> int:
    """Return the longest length there is a word for, of at most `ticks`; 0 where there is none."""
    return max((length for length in LENGTHS if length <= ticks), default=0)


class Filling:
    """A draft whose gap is to be filled: what the composer is told, and when."""

    def __init__(self, draft: Sketch, gap: Gap) -> None:
        self.draft, self.gap = draft, gap
        self._script = Script(take_out(draft, gap))

    def begin(self, grammar: Grammar) -> list[int]:
        """Push all that stands before the gap; return what the composer is told before it."""
        for bar in range(self.gap.first):
            for word in tell_bar(self._script, bar):
                grammar.push(word)
        grammar.open_gap(self.gap.voices, next_given(self.draft, self.gap))
        return tell_before(self._script, self.gap)

    def tell(self, bar: int) -> list[int]:
        """Return what is told in a bar of the gap, after the word that begins it."""
        return tell_given(self._script, self.gap, bar)

    def rest(self) -> list[int]:
        """Return all that stands after the gap, without the word that begins its first bar."""
        later = [word for bar in range(self.gap.end, self.draft.bars) for word in tell_bar(self._script, bar)]
        return [*later[1:], END]


def open_filling(draft: str, first_bar: int, last_bar: int, parts: str, header: Header) -> Filling:
    """Return what is to be filled: bars counted from 1, `parts` by name, all of them where none is named, or NO_PARTS.

    Raises UnreadableOpening where the draft can't be read or the style has no such part.
    """
    sketch = read_draft(draft, header)
    first, last = sorted(min(bar, sketch.bars) for bar in (first_bar, last_bar))
    if parts == NO_PARTS:
        return Filling(sketch, Gap(sketch.bars, sketch.bars, frozenset()))
    known = {PARTS[voice]: voice for voice in STYLES[header.style].parts}
    if not known.keys() >= (named := set(parts.split())):
        raise UnreadableOpening
    return Filling(sketch, Gap(first - 1, last, frozenset(known[name] for name in named or known)))


def cut_sketch(sketch: Sketch, bars: int) -> Sketch:
    """Return a sketch's first bars; a tone held beyond them is shortened to a length there is a word for."""
    end = bars * BAR_TICKS[sketch.header.metre]
    tones = (t for t in sketch.tones if t.start_ticks < end)
    held = tuple(replace(t, length_ticks=_fit(min(t.length_ticks, end - t.start_ticks))) for t in tones)
    harmonies = tuple(h for h in sketch.harmonies if h.start_ticks < end)
    return Sketch(sketch.header, bars, held, harmonies)


def conform(sketch: Sketch) -> Sketch:
    """Return a sketch as the composer can write it: on its grid, its voices in their ranges, one tone at a time."""
    end, style = sketch.bars * BAR_TICKS[sketch.header.metre], STYLES[sketch.header.style]
    tones: set[Tone] = set()
    for voice in style.voices:
        own = [(t.start_ticks, t.length_ticks, t.pitch) for t in sketch.tones if t.voice == voice]
        for tone in set_voice(own, voice, voice in style.chordal, 0, end):
            tones.add(tone if voice == DRUMS else replace(tone, pitch=fold(tone.pitch, voice)))
    return replace(sketch, tones=tuple(sorted(tones)))


def lengthen(sketch: Sketch, bars: int) -> Sketch:
    """Return a sketch with so many bars: those after its last tone are empty."""
    last = max((tone.start_ticks for tone in sketch.tones), default=-1) // BAR_TICKS[sketch.header.metre] + 1
    return replace(cut_sketch(sketch, last), bars=max(bars, last))
