"""A piece as midi-model writes it, event by event: what is there, what may come next, what the knobs favour."""

from collections.abc import Collection, Mapping, Sequence

import torch
from torch import Tensor

from pipelines import sampling
from pipelines.melody.midi import DRUM_CHANNEL
from pipelines.melody.params import MelodyParams
from pipelines.melody.players import PERCUSSION, choose_players
from pipelines.melody.published.midi_model import vocabulary as words
from pipelines.melody.published.midi_model.network import Network, Reader
from pipelines.melody.published.midi_model.vocabulary import EVENTS, FIRST, PER_QUARTER, SIZES, Struck, Tune
from pipelines.melody.score import BAR_TICKS, TICKS_PER_QUARTER

DENSITY_NATS, REGISTER_NATS = 1.6, 3.0  # for a quarter, and for an octave
LONGEST_WAIT = 4  # quarters; a low density leans no further: else no wait would be too long
MOST_AT_ONCE = 32  # notes; more would be a cluster, and time might never move on
MELODIC = [channel for channel in words.CHANNELS if channel != DRUM_CHANNEL]


class Writing:
    """A piece in the making; `now` is the time of its last event, in sixteenths of a quarter."""

    def __init__(self, network: Network, context: int, start: MelodyParams, seed: int) -> None:
        self.bar = BAR_TICKS[start.time_signature] * PER_QUARTER // TICKS_PER_QUARTER
        opening = words.read_text(start.opening)
        kept = start.opening_bars * self.bar
        self.notes = [cut(note, kept) for note in opening.notes if note.time < kept]
        heard = max((note.time + note.length for note in self.notes), default=0)
        self.start = -(-heard // self.bar) * self.bar  # nothing is added to the bars that are kept
        self.bars = max(start.bars, self.start // self.bar + 1)
        self.end = self.bars * self.bar
        self.programs: dict[int, int] = {note.channel: opening.programs[note.channel] for note in self.notes}
        self._players = seat(choose_players(start.ensemble, start.instrument), self.programs)
        self.programs |= self._players
        self.now, self.done = 0, False
        self.tempo_changes: list[tuple[int, int]] = []
        self._tempo = start.tempo
        self._generator = torch.Generator().manual_seed(seed)
        head = words.begin(start.time_signature, start.key, start.mode, start.tempo, self.programs)
        self._reader = Reader(network, head, context)
        for row in words.write_rows(Tune(self.programs, tuple(self.notes))):
            self._reader.add(row)
        self.now = self.notes[-1].time if self.notes else 0

    @property
    def reached(self) -> int:
        """The time up to which all is written."""
        return self.end if self.done else max(self.now, self.start)

    def write(self, params: MelodyParams) -> None:
        """Choose the next event and write it down; the piece is done where it would come after the last bar."""
        self._keep_tempo(params.tempo, params.time_signature)
        logits = self._reader.open()
        kinds = {"note": True, "patch_change": bool(self._open_channels())}
        allowed = [words.KINDS[kind] for kind, may in kinds.items() if may]
        token = self._pick(only(logits, allowed), params)
        kind = next(kind for kind, id_ in words.KINDS.items() if id_ == token)
        value: dict[str, int] = {}
        for name in EVENTS[kind]:
            logits = self._reader.step(token)
            choices = self._list_choices(name, kind, value)
            leant = lean(logits[FIRST[name] : FIRST[name] + SIZES[name]], name, value, params, choices[0])
            kept = only(leant, choices)
            value[name] = self._pick(kept, params)
            token = FIRST[name] + value[name]
            if name == "time2" and self._tell_time(value) >= self.end:
                self.done = True
                return
        self._accept(kind, value)

    def _accept(self, kind: str, value: Mapping[str, int]) -> None:
        time, channel = self._tell_time(value), value["channel"]
        if kind == "note":
            self.programs.setdefault(channel, 0)
            self.notes.append(Struck(time, channel, value["pitch"], value["velocity"], value["duration"]))
        else:
            self.programs[channel] = value["patch"]
        self.now = time
        self._reader.add(words.encode(kind, [value[name] for name in EVENTS[kind]]))

    def _keep_tempo(self, tempo: int, metre: str) -> None:
        """Tell a tempo that was moved: the composer reads of it at once, the piece turns to it at the next bar."""
        if tempo == self._tempo:
            return
        self._tempo = tempo
        bar = self.reached // self.bar + 1
        self.tempo_changes = [*(change for change in self.tempo_changes if change[0] < bar), (bar, tempo)]
        when = words.tell(self.now, self.now, 0)
        self._reader.add(words.encode("set_tempo", [*when, words.count_quarters(tempo, metre)]))

    def _tell_time(self, value: Mapping[str, int]) -> int:
        return (self._quarter + value["time1"]) * PER_QUARTER + value["time2"]

    @property
    def _earliest(self) -> int:
        """When the next event may come: not in the bars that were given, nor where enough sounds at once."""
        at_once = sum(1 for note in self.notes[-MOST_AT_ONCE:] if note.time == self.now)
        return max(self.now + (at_once >= MOST_AT_ONCE), self.start)

    @property
    def _quarter(self) -> int:
        """The quarter from which the next event's is counted; a silence too long to tell is told as the longest."""
        return max(self.now // PER_QUARTER, self._earliest // PER_QUARTER - SIZES["time1"] + 1)

    def _open_channels(self) -> list[int]:
        """Return the channels whose instrument is still to be chosen by the composer."""
        return [] if self._players else [channel for channel in words.CHANNELS if channel not in self.programs]

    def _list_choices(self, name: str, kind: str, value: Mapping[str, int]) -> Sequence[int]:
        """Return the values that a parameter may have, in order, given those before it."""
        first, sixteenth = divmod(self._earliest, PER_QUARTER)
        choices: Sequence[int] = range(SIZES[name])
        if name == "time1":
            choices = range(first - self._quarter, SIZES[name])
        elif name == "time2" and value["time1"] == first - self._quarter:
            choices = range(sixteenth, SIZES[name])
        elif name == "channel":
            choices = self._open_channels() if kind == "patch_change" else sorted(self._players) or words.CHANNELS
        elif name == "pitch":
            place = (self._tell_time(value), value["channel"])
            struck = {note.pitch for note in self.notes[-MOST_AT_ONCE:] if (note.time, note.channel) == place}
            choices = [pitch for pitch in choices if pitch not in struck]
        elif name == "velocity":
            choices = range(1, SIZES[name])
        elif name == "duration":
            choices = range(1, min(SIZES[name], self.end - self._tell_time(value) + 1))
        return choices

    def _pick(self, logits: Tensor, params: MelodyParams) -> int:
        kept = sampling.keep_top_p(sampling.keep_top_k(logits, params.top_k), params.top_p)
        return sampling.sample(kept, params.temperature, self._generator)


def seat(players: Collection[int], there: Mapping[int, int]) -> dict[int, int]:
    """Return the channel of every player, with its program: of one who is there already, of the drums, or a free one.

    Where all are taken, a player has none.
    """
    drums = {DRUM_CHANNEL: there.get(DRUM_CHANNEL, 0)} if PERCUSSION in players else {}
    seats = {channel: program for channel, program in there.items() if channel in MELODIC and program in players}
    free = (channel for channel in MELODIC if channel not in there)
    missing = [program for program in players if program not in (PERCUSSION, *seats.values())]
    return seats | dict(zip(free, missing, strict=False)) | drums


def cut(note: Struck, end: int) -> Struck:
    """Return a note that ends by a time."""
    return note._replace(length=min(note.length, end - note.time))


def lean(logits: Tensor, name: str, value: Mapping[str, int], params: MelodyParams, first: int) -> Tensor:
    """Favour events that come soon or late (`density`) and high or low pitches (`register`, but for the drums)."""
    places = torch.arange(len(logits), dtype=torch.float32)
    if name in ("time1", "time2"):
        quarters = (places - first).clamp(min=0) / (1 if name == "time1" else PER_QUARTER)
        if params.density < 0:
            quarters = quarters.clamp(max=LONGEST_WAIT)
        return logits - params.density * DENSITY_NATS * quarters
    if name == "pitch" and value["channel"] != DRUM_CHANNEL:
        return logits + params.register * REGISTER_NATS * places / 12
    return logits


def only(logits: Tensor, choices: Sequence[int]) -> Tensor:
    """Return logits of which all but the choices are excluded."""
    kept = torch.full_like(logits, sampling.NOTHING)
    places = torch.tensor([*choices])
    kept[places] = logits[places]
    return kept
