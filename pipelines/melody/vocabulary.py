"""The composer's words. One table, from which ids, sizes, masks and the file beside the weights are derived.

A piece is a header and then its bars: `style mode metre tempo opens closes`, and for each bar `bar:n`, where n bars
are left after this one, and at each position that has a tone or a chord `at:ticks`, the chord symbol, and the tones
from the highest voice down as `v<voice>:<pitch>` and `for:<ticks>`, strokes of the drums as `hit:<drum>`. Pitches are
written from the tonic, which stands on middle C, so that one key's music is every key's; the key itself is a
transposition made on the way out.

Where a part of a piece is there and another is to be composed (pipelines/melody/gap.py), a bar tells first what is
`given` in it and then what to `make`; before a gap stand the bars that come `ahead`, after it.
"""

import json
from collections.abc import Collection
from pathlib import Path
from types import MappingProxyType

from pipelines.melody.score import (
    ACCOMPANIMENT,
    BAR_TICKS,
    CHORDS,
    DRUMS,
    KIT,
    MODES,
    STYLES,
    TICKS_PER_QUARTER,
    Harmony,
    Header,
    Sketch,
    Tone,
)

GRID = (0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21)
POSITIONS = tuple(
    quarter + tick
    for quarter in range(0, max(BAR_TICKS.values()), TICKS_PER_QUARTER)
    for tick in GRID
    if quarter + tick < max(BAR_TICKS.values())
)
LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 20, 24, 30, 32, 36, 42, 48, 60, 72, 84, 96, 108, 120, 144, 168, 192)
TEMPOS = MappingProxyType({"any": 0.0, "slow": 72.0, "calm": 104.0, "brisk": 144.0, "fast": 1000.0})
MAX_BARS_LEFT = 32
RANGES = ((48, 96), (43, 91), (36, 84), (24, 72))


def _list_words() -> list[str]:
    words = ["pad", "end"]
    words += [f"style:{style}" for style in STYLES]
    words += [f"mode:{mode}" for mode in MODES]
    words += [f"metre:{metre}" for metre in BAR_TICKS]
    words += [f"tempo:{tempo}" for tempo in TEMPOS]
    words += ["opens:yes", "opens:no", "closes:yes", "closes:no"]
    words += [f"bar:{left}" for left in range(MAX_BARS_LEFT + 1)]
    words += [f"at:{position}" for position in POSITIONS]
    words += [f"chord:{root}:{quality}" for root in range(12) for quality in CHORDS]
    words += [f"v{voice}:{pitch}" for voice, (low, high) in enumerate(RANGES) for pitch in range(low, high + 1)]
    words += [f"for:{length}" for length in LENGTHS]
    words += [f"hit:{drum}" for drum in KIT]
    return [*words, "given", "make", "ahead"]


WORDS = tuple(_list_words())
IDS = MappingProxyType({word: number for number, word in enumerate(WORDS)})
PAD, END = IDS["pad"], IDS["end"]
BAR, AT, CHORD, FOR = IDS["bar:0"], IDS["at:0"], IDS["chord:0:maj"], IDS[f"for:{LENGTHS[0]}"]
HIT, GIVEN, MAKE, AHEAD = IDS[f"hit:{next(iter(KIT))}"], IDS["given"], IDS["make"], IDS["ahead"]
DRUM_KIT = tuple(KIT)
VOICES = tuple(IDS[f"v{voice}:{low}"] for voice, (low, _) in enumerate(RANGES))
QUALITIES = tuple(CHORDS)
HEADER_LENGTH = 6
FILE = "vocabulary.json"


def save_words(folder: Path) -> None:
    """Write the table beside a model's weights, so that the folder says what its numbers mean."""
    (folder / FILE).write_text(json.dumps(WORDS, indent=0) + "\n", encoding="utf-8")


def has_our_words(folder: Path) -> bool:
    """Tell whether a model's folder holds this very table."""
    try:
        words = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(words == list(WORDS))


def tone_word(voice: int, pitch: int) -> int:
    """Return the id of a tone's beginning."""
    return VOICES[voice] + pitch - RANGES[voice][0]


def read_tone(word: int) -> tuple[int, int]:
    """Return the voice and the pitch of a tone's beginning."""
    voice = max(v for v, first in enumerate(VOICES) if first <= word)
    return voice, word - VOICES[voice] + RANGES[voice][0]


def name_tempo(beats_per_minute: float | None) -> str:
    """Return the class of a tempo in quarters a minute; `any` where there is none."""
    if beats_per_minute is None:
        return "any"
    return next(name for name, limit in TEMPOS.items() if beats_per_minute < limit)


def encode_header(header: Header) -> list[int]:
    """Return the six words before the first bar."""
    words = (
        f"style:{header.style}",
        f"mode:{header.mode}",
        f"metre:{header.metre}",
        f"tempo:{header.tempo}",
        f"opens:{'yes' if header.opens else 'no'}",
        f"closes:{'yes' if header.closes else 'no'}",
    )
    return [IDS[word] for word in words]


class Script:
    """A sketch as words, bar by bar and voice by voice; its times must lie on the grid (KeyError otherwise)."""

    def __init__(self, sketch: Sketch) -> None:
        self.bars = sketch.bars
        self.parts = STYLES[sketch.header.style].parts
        self._bar_ticks = BAR_TICKS[sketch.header.metre]
        self._tones: list[list[Tone]] = [[] for _ in range(sketch.bars)]
        self._chords: list[list[Harmony]] = [[] for _ in range(sketch.bars)]
        for tone in sorted(sketch.tones, key=_place):
            self._tones[tone.start_ticks // self._bar_ticks].append(tone)
        for harmony in sorted(sketch.harmonies):
            self._chords[harmony.start_ticks // self._bar_ticks].append(harmony)

    def bar_word(self, bar: int) -> int:
        """Return the word that begins a bar."""
        return BAR + min(self.bars - 1 - bar, MAX_BARS_LEFT)

    def write(self, bar: int, voices: Collection[int]) -> list[int]:
        """Return what begins in a bar in some voices, position by position; the voice of chord symbols is 4."""
        first, words = bar * self._bar_ticks, []
        begun: dict[int, list[int]] = {}
        if ACCOMPANIMENT in voices:
            for chord in self._chords[bar]:
                begun.setdefault(chord.start_ticks - first, []).append(IDS[f"chord:{chord.root}:{chord.quality}"])
        for tone in self._tones[bar]:
            if tone.voice in voices:
                begun.setdefault(tone.start_ticks - first, []).extend(_write_tone(tone))
        for position in sorted(begun):
            words += [IDS[f"at:{position}"], *begun[position]]
        return words


def _place(tone: Tone) -> tuple[int, int, int]:
    return tone.start_ticks, tone.voice, DRUM_KIT.index(tone.pitch) if tone.voice == DRUMS else -tone.pitch


def _write_tone(tone: Tone) -> list[int]:
    if tone.voice == DRUMS:
        return [IDS[f"hit:{tone.pitch}"]]
    return [tone_word(tone.voice, tone.pitch), IDS[f"for:{tone.length_ticks}"]]


def encode(sketch: Sketch) -> list[int]:
    """Return a whole sketch as words, `end` included; its times must lie on the grid (KeyError otherwise)."""
    script, tokens = Script(sketch), encode_header(sketch.header)
    for bar in range(sketch.bars):
        tokens += [script.bar_word(bar), *script.write(bar, script.parts)]
    return [*tokens, END]
