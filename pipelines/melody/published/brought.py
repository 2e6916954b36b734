"""What published composers share: a tune that was brought to one, and the knobs that only such composers have."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipelines.melody.score import Score
from pipelines.params import Knob, narrow


@dataclass(frozen=True)
class Brought:
    """A file as a composer heard it: an opening in its own words, how it sounds, and knobs that take over from it."""

    opening: str
    score: Score
    values: Mapping[str, Any]
    instruments: int

    @property
    def seconds(self) -> int:
        """How long it plays."""
        end = max(note.start_ticks + note.length_ticks for note in self.score.notes)
        return round(self.score.seconds_at(end))


def offer(knobs: Mapping[str, Knob], *cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Knob]:
    """Return the knobs as cards narrow them, one after the other, with the choice of who plays."""
    offered = {**knobs, "ensemble": replace(knobs["ensemble"], inert=False)}
    for card in cards:
        offered = narrow(offered, card)
    return offered
