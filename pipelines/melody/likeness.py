"""Play something like what stands elsewhere: a bar leans, tone by tone, towards one of a draft or of the piece."""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.score import DRUMS, Harmony, Sketch, Tone
from pipelines.melody.vocabulary import AT, DRUM_KIT, FOR, HIT, IDS, LENGTHS, POSITIONS, tone_word

LIKENESS_NATS = 8.0


class Likeness:
    """Remembers tones and chords, and favours those that stood where the piece now stands."""

    def __init__(self, sketch: Sketch | None = None) -> None:
        self._begun: dict[int, list[Tone | Harmony]] = defaultdict(list)
        for begun in list_begun(sketch) if sketch else ():
            self.remember(begun)

    def remember(self, begun: Tone | Harmony) -> None:
        """Add a tone or a chord."""
        self._begun[begun.start_ticks].append(begun)

    def lean(self, logits: Tensor, likeness: float, grammar: Grammar, back: int = 0) -> Tensor:
        """Favour what stood `back` ticks earlier by `likeness` times LIKENESS_NATS; 0 changes nothing."""
        word = self._next(logits, grammar, back) if likeness and grammar.bar >= 0 else None
        if word is None:
            return logits
        bias = torch.zeros_like(logits)
        bias[word] = likeness * LIKENESS_NATS
        return logits + bias

    def _next(self, logits: Tensor, grammar: Grammar, back: int) -> int | None:
        stood = self._begun.get(grammar.now_ticks - back, []) if grammar.position >= 0 else []
        if grammar.begun is not None:
            return _find_length(grammar.begun, stood)
        allowed = logits.isfinite()  # the others are masked
        for word in _write(stood):
            if allowed[word]:
                return word
        first = grammar.bar * grammar.bar_ticks - back
        for index, position in enumerate(POSITIONS):
            if position > grammar.position and allowed[AT + index] and first + position in self._begun:
                return AT + index
        return grammar.next_bar


def list_begun(sketch: Sketch) -> list[Tone | Harmony]:
    """Return all that a sketch holds."""
    return [*sketch.harmonies, *sketch.tones]


def _find_length(begun: tuple[int, int], stood: Iterable[Tone | Harmony]) -> int | None:
    """Return the length of the same tone, or of another of its voice."""
    tones = [tone for tone in stood if isinstance(tone, Tone) and tone.voice == begun[0]]
    tones.sort(key=lambda tone: tone.pitch != begun[1])
    return FOR + LENGTHS.index(tones[0].length_ticks) if tones else None


def _write(stood: Iterable[Tone | Harmony]) -> list[int]:
    chords = [IDS[f"chord:{one.root}:{one.quality}"] for one in stood if isinstance(one, Harmony)]
    tones = sorted((one for one in stood if isinstance(one, Tone)), key=lambda tone: (tone.voice, -tone.pitch))
    drums = sorted(HIT + DRUM_KIT.index(tone.pitch) for tone in tones if tone.voice == DRUMS)
    return [*chords, *(tone_word(tone.voice, tone.pitch) for tone in tones if tone.voice != DRUMS), *drums]
