"""Vary what was there: the bars composed anew lean towards the old ones, tone by tone."""

from collections import defaultdict

import torch
from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.score import DRUMS, Sketch, Tone
from pipelines.melody.vocabulary import AT, DRUM_KIT, FOR, HIT, LENGTHS, POSITIONS, tone_word

LIKENESS_NATS = 8.0


class Likeness:
    """Remembers a draft and favours, wherever the new bar stands, what the draft has there."""

    def __init__(self, draft: Sketch) -> None:
        self._tones: dict[int, list[Tone]] = defaultdict(list)
        for tone in draft.tones:
            self._tones[tone.start_ticks].append(tone)

    def lean(self, logits: Tensor, likeness: float, grammar: Grammar) -> Tensor:
        """Add a bias of at most LIKENESS_NATS to the draft's next word; a `likeness` of 0 changes nothing."""
        word = self._next(grammar) if likeness else None
        if word is None:
            return logits
        bias = torch.zeros_like(logits)
        bias[word] = likeness * LIKENESS_NATS
        return logits + bias

    def _next(self, grammar: Grammar) -> int | None:
        if grammar.bar < 0:
            return None
        allowed = grammar.allowed()
        now = self._tones.get(grammar.now_ticks, []) if grammar.position >= 0 else []
        if grammar.begun is not None:
            same = [tone for tone in now if (tone.voice, tone.pitch) == grammar.begun] or [
                tone for tone in now if tone.voice == grammar.begun[0]
            ]
            return FOR + LENGTHS.index(same[0].length_ticks) if same else None
        for tone in sorted(now, key=lambda tone: (tone.voice, -tone.pitch)):
            word = HIT + DRUM_KIT.index(tone.pitch) if tone.voice == DRUMS else tone_word(tone.voice, tone.pitch)
            if allowed[word]:
                return word
        first = grammar.bar * grammar.bar_ticks
        for index, position in enumerate(POSITIONS):
            if position > grammar.position and allowed[AT + index] and first + position in self._tones:
                return AT + index
        return grammar.next_bar
