"""A progression that the artist asks for: a chord a bar, or several, over and over; by name or in Roman numerals."""

import re
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.errors import UnreadableChords
from pipelines.melody.grammar import Grammar
from pipelines.melody.score import ACCOMPANIMENT, BASS, CHORDS, DRUMS, LETTERS, MODES
from pipelines.melody.vocabulary import AT, CHORD, POSITIONS, QUALITIES, RANGES, VOICES

MOST_CHORDS = 64
NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii")
NAME = re.compile(
    r"(?:(?P<letter>[A-G])(?P<sign>[#b♯♭]?)|(?P<flat>[b♭]?)(?P<numeral>[ivIV]+))(?P<kind>[^/\s]*)(?:/\S+)?"
)
KINDS = {
    "": "", "maj": "maj", "m": "min", "min": "min", "-": "min", "7": "7", "m7": "m7", "min7": "m7", "maj7": "maj7",
    "M7": "maj7", "dim": "dim", "°": "dim", "o": "dim", "aug": "aug", "+": "aug", "sus": "sus", "sus4": "sus",
}  # fmt: skip
FORCE_NATS = 30.0
TONE_NATS, BASS_NATS = 1.6, 2.5


@dataclass(frozen=True)
class Progression:
    """Chords by bar, as (semitones above the tonic, quality); after the last bar the first comes again."""

    bars: tuple[tuple[tuple[int, str], ...], ...]

    def at(self, bar: int, position: int, bar_ticks: int) -> tuple[int, str]:
        """Return the chord that is in force at a position of a bar."""
        chords = self.bars[bar % len(self.bars)]
        return chords[min(len(chords) - 1, position * len(chords) // bar_ticks)]

    def lean(self, logits: Tensor, grammar: Grammar) -> Tensor:
        """Set the chord symbols where the style has them; lean the tones of other voices towards the chord's."""
        if grammar.bar < 0:
            return logits
        bias = torch.zeros_like(logits)
        chord = self.at(grammar.bar, max(0, grammar.position), grammar.bar_ticks)
        if ACCOMPANIMENT in grammar.open:
            self._set_symbols(bias, grammar)
        for voice in sorted(grammar.open - {ACCOMPANIMENT, DRUMS}):
            low, high = RANGES[voice]
            tones = {(chord[0] + step) % 12 for step in CHORDS[chord[1]]}
            for pitch in range(low, high + 1):
                if pitch % 12 in tones:
                    root = voice == BASS and pitch % 12 == chord[0]
                    bias[VOICES[voice] + pitch - low] = BASS_NATS if root else TONE_NATS
        return logits + bias

    def _set_symbols(self, bias: Tensor, grammar: Grammar) -> None:
        """Bring each chord at its place, and no other anywhere."""
        chords = self.bars[grammar.bar % len(self.bars)]
        places = [place * grammar.bar_ticks // len(chords) for place in range(len(chords))]
        bias[CHORD : CHORD + 12 * len(QUALITIES)] = -FORCE_NATS
        if grammar.position in places:
            root, quality = chords[places.index(grammar.position)]
            bias[CHORD + root * len(QUALITIES) + QUALITIES.index(quality)] = FORCE_NATS
        voices = grammar.open - {ACCOMPANIMENT}
        for index, position in enumerate(POSITIONS):
            if position not in places and not any(grammar.is_free(voice, position) for voice in voices):
                bias[AT + index] = -FORCE_NATS  # nothing but a chord could stand there
        following = next((place for place in places if place > grammar.position), None)
        if following is not None:
            bias[grammar.next_bar] = -FORCE_NATS
            bias[[AT + index for index, position in enumerate(POSITIONS) if position > following]] = -FORCE_NATS


def read_progression(text: str, shift: int, mode: str) -> Progression:
    """Read chords for a key `shift` semitones above C: `C G Am F`, a chord a bar, or `C Am | F G`, bars between lines.

    Raises UnreadableChords, which names the first that can't be read.
    """
    bars = [bar.split() for bar in text.split("|") if bar.strip()] if "|" in text else [[one] for one in text.split()]
    if not bars or sum(map(len, bars)) > MOST_CHORDS:
        raise UnreadableChords(chord=text.strip()[:20])
    return Progression(tuple(tuple(read_chord(name, shift, mode) for name in bar[:4]) for bar in bars))


def read_chord(name: str, shift: int, mode: str) -> tuple[int, str]:
    """Return a chord's root above the tonic and its quality; a numeral's degree is the mode's own."""
    told = NAME.fullmatch(name)
    kind = KINDS.get(told["kind"]) if told else None
    if told is None or kind is None:
        raise UnreadableChords(chord=name[:20])
    if told["letter"]:
        sign = {"#": 1, "♯": 1, "b": -1, "♭": -1, "": 0}[told["sign"]]
        return (LETTERS[told["letter"]] + sign - shift) % 12, kind or "maj"
    numeral = told["numeral"]
    if numeral.lower() not in NUMERALS:
        raise UnreadableChords(chord=name[:20])
    root = MODES[mode][NUMERALS.index(numeral.lower())] - bool(told["flat"])
    if numeral.islower():
        kind = {"": "min", "7": "m7"}.get(kind, kind)
    return root % 12, kind or "maj"
