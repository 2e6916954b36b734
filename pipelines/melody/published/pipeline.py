"""Compose with an Anticipatory Music Transformer: note by note, steered by whatever the knobs say at each note."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from pipelines import sampling, weights
from pipelines.errors import BrokenModel
from pipelines.melody.pace import Pace
from pipelines.melody.params import MAX_OPENING, OTHERS, MelodyParams
from pipelines.melody.players import PERCUSSION, choose_players
from pipelines.melody.published import events as words
from pipelines.melody.published.brought import Brought, offer
from pipelines.melody.published.events import PER_SECOND, Event
from pipelines.melody.published.page import Page, tell_time
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, TRACKS, Score
from pipelines.params import Read

INERT = ("style", "key", "mode", "form", "chords", "edits", "likeness", "endless", "echo", *OTHERS.values())
CARD: dict[str, dict[str, Any]] = {
    **{name: {"inert": True} for name in INERT},
    "tempo": {"live": False, "help": "length"}, "bars": {"help": "time"}, "instrument": {"help": "alone"},
    "temperature": {"default": 1.0}, "top_p": {"default": 0.98},
}  # fmt: skip
ACCOMPANY = "accompaniment"
EARLY = 5 * PER_SECOND  # a given note is told so long before it sounds
DENSITY_NATS, REGISTER_NATS = 1.6, 3.0  # for half a second, and for an octave
LONGEST_WAIT = 2 * PER_SECOND  # a low density leans no further: else no wait would be too long


@dataclass(frozen=True)
class PublishedStep:
    """The work so far: `index` notes and rests written, `bars_done` of `total` bars' time gone by."""

    events: tuple[Event, ...]
    index: int
    bars_done: int
    total: int
    length: int
    params: MelodyParams = field(repr=False)
    sounding: ClassVar[tuple[str, ...]] = ("transpose", "speed")

    @cached_property
    def score(self) -> Score:
        """The notes so far, as they sound."""
        return self._write(self.length)

    def finish(self) -> Score:
        """The piece as it is kept, until its last note has ended; one that was stopped ends there too."""
        end = max((event.time + max(1, event.length) for event in self.events), default=0)
        return self._write(max(self.length, end) if self.bars_done == self.total else end)

    def _write(self, length: int) -> Score:
        params = self.params
        return words.write_score(
            self.events, length, transpose=params.transpose, speed=params.speed, pulse=measure(params)
        )  # fmt: skip

    def write_opening(self) -> tuple[str, int]:
        """Return the notes for another piece to begin with, and how many bars they take."""
        bar, _ = measure(self.params)
        end = max((event.time + event.length for event in self.events), default=0)
        return words.write_text(self.events, MAX_OPENING), math.ceil(end / bar)


def measure(params: MelodyParams) -> tuple[float, float]:
    """Return how long a bar and a beat of the artist's are, in hundredths of a second."""
    beat = 60 / params.tempo * PER_SECOND
    return BAR_TICKS[params.time_signature] / BEAT_TICKS[params.time_signature] * beat, beat


class Plan:
    """What is there at first, what is told ahead, and from when to when is composed, in hundredths of a second."""

    def __init__(self, params: MelodyParams) -> None:
        self.bar, _ = measure(params)
        self.start, self.end = 0, round(params.bars * self.bar)
        self.first: list[Event] = []
        self.ahead: list[Event] = []
        if params.draft:
            draft = words.read_text(params.draft)
            if params.parts == ACCOMPANY:
                self.ahead = [event for event in draft if event.time < self.end]
            else:
                self.start, self.end = round((params.gap_start - 1) * self.bar), round(params.gap_end * self.bar)
                self.first = [event for event in draft if event.time < self.start]
                self.ahead = [event for event in draft if event.time >= self.end]
        elif params.opening:
            opening = words.read_text(params.opening)
            kept = round(params.opening_bars * self.bar)
            self.first = [event for event in opening if event.time < kept]
            self.start = min(kept, max((e.time + e.length for e in opening), default=0))
            self.end = max(self.end, self.start + round(self.bar))
        after = (event.time + event.length for event in self.ahead)
        self.length = max(self.end, max(after, default=0))
        self.total = max(1, round((self.end - self.start) / self.bar))


class PublishedPipeline:
    """A decoder over the events of an Anticipatory Music Transformer, which always writes valid notes."""

    params_type = MelodyParams

    def __init__(self, model: Any, name: str = "", card: dict[str, dict[str, Any]] | None = None) -> None:
        self.model = model
        self.knobs = offer(MelodyParams.knobs(), CARD, card or {})
        self.name = name
        self.context: int = model.config.max_position_embeddings

    def generate(self, read: Read[MelodyParams], seed: int) -> Iterator[PublishedStep]:
        """Compose one piece, one step a note; `read` is called once a step. Raises UnreadableOpening."""
        params = start = read()
        plan, pace = Plan(start), Pace()
        generator = torch.Generator().manual_seed(seed)
        page = Page(self.model, self.context, words.ANTICIPATE if plan.ahead else words.AUTOREGRESS)
        waiting, made = sorted(plan.ahead), list[Event]()
        now, index = 0, 0
        for line in pad(plan.first, plan.start):
            waiting = _tell(page, waiting, now)
            page.add(line)
            now = tell_time(line)
        now = max(now, plan.start)
        while now < plan.end:
            if index:
                params = read()
            waiting = _tell(page, waiting, now)
            event = self._choose(page, params, now, [*plan.first, *made, *plan.ahead], generator)
            now = min(event.time, plan.end)
            index += 1
            if now < plan.end and event.note < words.REST - words.NOTE:
                made.append(event)
            done = min(plan.total, int((now - plan.start) / plan.bar)) if now < plan.end else plan.total
            pace.keep((now - plan.start) / plan.bar, params.pace)
            there = tuple(sorted([*plan.first, *made, *plan.ahead]))
            yield PublishedStep(there, index, done, plan.total, plan.length, start)

    def _choose(
        self, page: Page, params: MelodyParams, now: int, there: list[Event], generator: torch.Generator
    ) -> Event:
        """Choose a note, or a rest, that begins `now` or later, and write it down."""
        logits = lean_time(page.read(now), now - page.since, params.density)
        time = _pick(logits, params, generator)
        length = _pick(_only(page.step(time), words.LENGTH, words.NOTE), params, generator)
        note = _pick(lean_note(page.step(length), params, there), params, generator)
        event = Event(time + page.since, length - words.LENGTH, note - words.NOTE)
        page.accept(event, note)
        return event

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, name: str = "") -> "PublishedPipeline":
        """Load a model; raise BrokenModel where its files are damaged."""
        from safetensors import SafetensorError
        from transformers import GPT2LMHeadModel

        try:
            model, told = GPT2LMHeadModel.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, output_loading_info=True
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=name or str(folder)) from error
        if told["missing_keys"]:
            raise BrokenModel(source=name or str(folder))
        return cls(weights.own(model, device).eval(), name or folder.name, weights.read_card(folder))

    def bring(self, data: bytes) -> Brought:
        """Hear a MIDI file as an opening; raise MidiTooLarge, UnreadableMidi or NoNotes."""
        opening = words.write_text(words.read_midi(data), MAX_OPENING)
        heard = words.read_text(opening)
        score = words.write_score(heard, max(event.time + event.length for event in heard))
        return Brought(opening, score, {}, len({event.instrument for event in heard}))


def knows(folder: Path) -> bool:
    """Tell whether a folder holds such a model."""
    config = weights.read_json(folder / "config.json")
    return config.get("model_type") == "gpt2" and config.get("vocab_size") == words.SIZE


def pad(events: list[Event], end: int) -> Iterator[Event | int]:
    """Yield notes with a rest wherever a second goes by without one, until the end; a rest is its time."""
    last = 0
    for event in events:
        while event.time > last + PER_SECOND:
            last += PER_SECOND
            yield last
        yield event
        last = event.time
    while end > last + PER_SECOND:
        last += PER_SECOND
        yield last


def lean_time(logits: Tensor, earliest: int, density: float) -> Tensor:
    """Allow times from the earliest on; `density` favours those that come soon, or later ones where it is negative."""
    earliest = min(earliest, words.TIMES - 1)
    allowed = _only(logits, words.TIME + earliest, words.LENGTH)
    waits = torch.arange(words.TIMES - earliest, dtype=torch.float32)
    if density < 0:
        waits = waits.clamp(max=LONGEST_WAIT)
    bias = torch.zeros_like(logits)
    bias[words.TIME + earliest : words.LENGTH] = -density * DENSITY_NATS * waits / (PER_SECOND / 2)
    return allowed + bias


def lean_note(logits: Tensor, params: MelodyParams, there: list[Event]) -> Tensor:
    """Allow a note of the instrument chosen, or of any while there are channels for more, or a rest."""
    allowed = torch.full_like(logits, sampling.NOTHING)
    notes = logits[words.NOTE : words.REST].reshape(words.INSTRUMENTS, words.PITCHES)
    playing = {event.instrument for event in there} - {PERCUSSION}
    able = [*choose_players(params.ensemble, params.instrument)] or [*range(words.INSTRUMENTS)]
    if len(playing) >= len(TRACKS):
        seated = playing | {PERCUSSION}
        able = [instrument for instrument in able if instrument in seated] or sorted(seated)
    bias = torch.arange(words.PITCHES, dtype=torch.float32) / 12 * REGISTER_NATS * params.register
    leant = torch.cat([notes[:-1] + bias, notes[-1:]])
    chosen = torch.full_like(notes, sampling.NOTHING)
    chosen[able] = leant[able]
    allowed[words.NOTE : words.REST] = chosen.flatten()
    allowed[words.REST] = logits[words.REST]
    return allowed


def _only(logits: Tensor, first: int, end: int) -> Tensor:
    kept = torch.full_like(logits, sampling.NOTHING)
    kept[first:end] = logits[first:end]
    return kept


def _pick(logits: Tensor, params: MelodyParams, generator: torch.Generator) -> int:
    kept = sampling.keep_top_p(sampling.keep_top_k(logits, params.top_k), params.top_p)
    return sampling.sample(kept, params.temperature, generator)


def _tell(page: Page, waiting: list[Event], now: int) -> list[Event]:
    """Tell the given notes that sound soon ahead of their time; return those that still wait."""
    soon = [event for event in waiting if now >= event.time - EARLY]
    for event in soon:
        page.add(event, ahead=True)
    return waiting[len(soon) :]
