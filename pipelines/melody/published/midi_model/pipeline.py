"""Compose with midi-model (SkyTNT): event by event, steered by whatever the knobs say at each event."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch

from pipelines import weights
from pipelines.errors import NoNotes
from pipelines.melody.expression import cut_short
from pipelines.melody.hearing import hear
from pipelines.melody.midi import DRUM_CHANNEL
from pipelines.melody.pace import Pace
from pipelines.melody.params import MAX_OPENING, OTHERS, MelodyParams
from pipelines.melody.published.brought import Brought, offer
from pipelines.melody.published.midi_model import network
from pipelines.melody.published.midi_model import vocabulary as words
from pipelines.melody.published.midi_model.network import Network
from pipelines.melody.published.midi_model.reading import cut_repeats, read_midi
from pipelines.melody.published.midi_model.vocabulary import PER_QUARTER, Tune
from pipelines.melody.published.midi_model.writing import Writing
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, DRUMS, TICKS_PER_QUARTER, TRACKS, Note, Score
from pipelines.params import Read, build

INERT = (
    "style", "draft", "gap_start", "gap_end", "parts", "form", "chords", "edits", "likeness", "endless", "echo",
    *OTHERS.values(),
)  # fmt: skip
CARD: dict[str, dict[str, Any]] = {
    **{name: {"inert": True} for name in INERT},
    "mode": {"live": False}, "instrument": {"help": "alone"},
    "temperature": {"default": 1.0}, "top_p": {"default": 0.94}, "top_k": {"default": 20},
}  # fmt: skip


@dataclass(frozen=True)
class MidiModelStep:
    """The work so far: `index` events written, `bars_done` of `total` bars complete."""

    tune: Tune
    index: int
    bars_done: int
    total: int
    params: MelodyParams = field(repr=False)
    tempo_changes: tuple[tuple[int, int], ...] = ()
    sounding: ClassVar[tuple[str, ...]] = ("transpose", "speed")

    @cached_property
    def score(self) -> Score:
        """The notes so far, as they sound."""
        return write_score(self.tune, self.params, self.total, self.tempo_changes)

    def finish(self) -> Score:
        """The piece as it is kept; one that was stopped ends with the bar it had come to."""
        newest = max((note.start_ticks for note in self.score.notes), default=0) // BAR_TICKS[self.score.metre] + 1
        return self.score if self.bars_done == self.total else cut_short(self.score, newest)

    def write_opening(self) -> tuple[str, int]:
        """Return the notes for another piece to begin with, and how many bars they take."""
        return words.write_text(self.tune, MAX_OPENING), self.finish().bars


class MidiModelPipeline:
    """A decoder over the events of midi-model and one over their tokens, which always write a valid piece."""

    params_type = MelodyParams

    def __init__(self, model: Network, name: str = "", card: dict[str, dict[str, Any]] | None = None) -> None:
        self.model = model
        self.knobs = offer(MelodyParams.knobs(), CARD, card or {})
        self.name = name
        self.context = model.context

    def generate(self, read: Read[MelodyParams], seed: int) -> Iterator[MidiModelStep]:
        """Compose one piece, one step an event; `read` is called once a step. Raises UnreadableOpening."""
        params = start = read()
        work, pace, index = Writing(self.model, self.context, start, seed), Pace(), 0
        while not work.done:
            if index:
                params = read()
            work.write(params)
            index += 1
            pace.keep(work.reached / work.bar, params.pace)
            tune = Tune(dict(sorted(work.programs.items())), tuple(sorted(work.notes)))
            done = work.reached // work.bar
            yield MidiModelStep(tune, index, done, work.bars, start, tuple(work.tempo_changes))

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, name: str = "") -> "MidiModelPipeline":
        """Load a model; raise BrokenModel where its files are damaged."""
        model = network.load(folder, device, dtype, name or str(folder))
        return cls(model, name or folder.name, weights.read_card(folder))

    @classmethod
    def tiny(cls, seed: int = 0) -> "MidiModelPipeline":
        """Build an untrained model in milliseconds, for tests."""
        return cls(network.build_tiny(seed), "tiny")

    def bring(self, data: bytes) -> Brought:
        """Hear a MIDI file as an opening; raise MidiTooLarge, UnreadableMidi or NoNotes."""
        tune = read_midi(data)
        opening = words.write_text(tune, MAX_OPENING)
        kept = words.read_text(opening)
        try:
            heard = hear(data)
        except NoNotes:  # drums alone have no key
            values = dict[str, Any]()
        else:
            values = {"key": heard.key, "mode": heard.mode, "time_signature": heard.metre, "tempo": heard.tempo}
        params = build(MelodyParams, values, self.knobs)
        end = max(note.time + note.length for note in kept.notes)
        bars = -(-end * TICKS_PER_QUARTER // (PER_QUARTER * BAR_TICKS[params.time_signature]))
        return Brought(opening, write_score(kept, params, bars), values, len(kept.programs))


def write_score(tune: Tune, params: MelodyParams, bars: int, tempo_changes: tuple[tuple[int, int], ...] = ()) -> Score:
    """Return a tune as a score, each channel a voice; a time between two ticks takes the earlier."""
    shift, quarters = params.transpose, BEAT_TICKS[params.time_signature] / TICKS_PER_QUARTER * params.speed
    notes = []
    for note in cut_repeats(tune.notes):
        pitch = note.pitch if note.channel == DRUM_CHANNEL else min(127, max(0, note.pitch + shift))
        notes.append(Note(_scale(note.time), _voice(note.channel), pitch, max(1, _scale(note.length)), note.velocity))
    there = {note.voice for note in notes}
    return Score(
        notes=tuple(sorted(notes)), style="published", key=params.key, mode=params.mode,
        metre=params.time_signature, tempo=params.tempo * quarters, bars=bars,
        programs=tuple(sorted((_voice(c), p) for c, p in tune.programs.items() if _voice(c) in there)),
        tempo_changes=tuple((bar, tempo * quarters) for bar, tempo in tempo_changes if bar < bars),
    )  # fmt: skip


def _scale(time: int) -> int:
    return time * TICKS_PER_QUARTER // PER_QUARTER


def _voice(channel: int) -> int:
    return DRUMS if channel == DRUM_CHANNEL else TRACKS[channel - (channel > DRUM_CHANNEL)]
