"""What a composer with words of its own makes of a finished piece: bars filled anew, an accompaniment, more of it."""

import math
from collections.abc import Mapping
from typing import Any

from pipelines.errors import NothingToAccompany
from pipelines.melody.params import MelodyParams
from pipelines.melody.published.events import read_text
from pipelines.melody.published.midi_model.pipeline import MidiModelStep
from pipelines.melody.published.pipeline import ACCOMPANY, PublishedStep, measure
from pipelines.params import build

FEWEST_BARS, MOST_BARS, MOST_KEPT = 4, 64, 63
KEPT = ("key", "mode", "time_signature", "tempo")  # a piece stays what it is
Foreign = PublishedStep | MidiModelStep


def fill(step: PublishedStep, first: int, last: int) -> dict[str, Any]:
    """Return the knob values of a piece of which some bars, counted from 1, are composed again between the others."""
    draft, bars = step.write_opening()
    first, last = sorted(min(bar, max(1, bars)) for bar in (first, last))
    return keep(step) | {"draft": draft, "parts": "", "gap_start": first, "gap_end": last, "bars": step.params.bars}


def accompany(step: Foreign | None, opening: str, counted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the knob values of an accompaniment to the tune the artist brought, or else to the finished piece.

    `counted` is the tempo and metre by which a tune that was brought is counted. Raises NothingToAccompany.
    """
    if opening:
        bar, _ = measure(build(MelodyParams, counted))
        end = max(event.time + event.length for event in read_text(opening))
        return {"draft": opening, "parts": ACCOMPANY, "bars": _bound(math.ceil(end / bar))}
    if not isinstance(step, PublishedStep) or not step.events:
        raise NothingToAccompany
    draft, bars = step.write_opening()
    return keep(step) | {"draft": draft, "parts": ACCOMPANY, "bars": _bound(bars)}


def go_on(step: Foreign, more: int) -> dict[str, Any]:
    """Return the knob values of a piece that begins with this one and goes on for some bars."""
    opening, bars = step.write_opening()
    return keep(step) | {"opening": opening, "opening_bars": max(1, min(MOST_KEPT, bars)), "bars": _bound(bars + more)}


def keep(step: Foreign) -> dict[str, Any]:
    """Return how a piece is counted, and its key."""
    return {name: getattr(step.params, name) for name in KEPT}


def _bound(bars: int) -> int:
    return min(MOST_BARS, max(FEWEST_BARS, bars))
