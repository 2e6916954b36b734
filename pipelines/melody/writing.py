"""One piece while it is composed: what is there, what is told to the composer, and all that leans its next word."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from pipelines import sampling
from pipelines.decoding import Picked
from pipelines.melody.cadence import lead_home
from pipelines.melody.consonance import blend
from pipelines.melody.echo import Echo
from pipelines.melody.edits import apply_edits
from pipelines.melody.form import Form
from pipelines.melody.gap import Filling, open_filling
from pipelines.melody.grammar import Grammar
from pipelines.melody.likeness import Likeness, list_begun
from pipelines.melody.opening import set_opening
from pipelines.melody.params import MelodyParams
from pipelines.melody.progression import Progression, read_progression
from pipelines.melody.score import BEAT_TICKS, Header, shift_from_tonic
from pipelines.melody.steering import steer
from pipelines.melody.tonality import Tonality
from pipelines.melody.vocabulary import AT, BAR, encode_header, name_tempo

SECTION = 16  # bars that an endless piece counts down at a time
MOST_BARS = 2_000  # of an endless piece: an hour and more


class Writing:
    """A piece on its way. `params` are those in force; set them, `pick` a word, `take` it, until the grammar is done.

    Raises UnreadableOpening, UnreadableChords or UnreadableEdits.
    """

    def __init__(self, start: MelodyParams, seed: int) -> None:
        self.start = self.params = start
        self._filling = fill(start)
        self._draft = Likeness(self._filling.draft) if self._filling else None
        self.grammar = Grammar(write_header(start), *count_bars(start, self._filling))
        self._form = Form(start.form, self.grammar)
        self._chords: Progression | None = None
        if start.chords.strip():
            self._chords = read_progression(start.chords, shift_from_tonic(start.key), start.mode)
        self._echo, self._tonality = Echo(), Tonality()
        self._told: deque[int] = deque()  # what the composer is told in this bar, not asked
        self._generator = torch.Generator().manual_seed(seed)
        self._tempos = [(0, start.tempo)]
        if self._filling:
            self._written = self._filling.begin(self.grammar)
            self._told.append(self.grammar.next_bar)  # the bar before the gap stays as it is
        else:
            self._written = set_opening(start.opening, start.opening_bars, self.grammar)
        for word in self._written:
            self._echo.push(word)
        self.sketch = self.grammar.sketch()
        apply_edits(self.sketch, start.edits)  # what can't be read is told at once
        for begun in list_begun(self.sketch):
            self._form.remember(begun)

    @property
    def prompt(self) -> list[int]:
        """All that the composer has been told and has written."""
        return encode_header(self.grammar.header) + self._written

    @property
    def bars_done(self) -> int:
        """How many bars are complete."""
        return self.grammar.bars if self.grammar.done else max(0, self.grammar.bar)

    @property
    def tempo_changes(self) -> tuple[tuple[int, int], ...]:
        """The tempos after the first, in beats a minute, each with the bar it begins with."""
        return tuple(self._tempos[1:])

    def pick(self, logits: Tensor, tokens: Sequence[int]) -> Picked:
        """Return what is told next, or choose a word among those the grammar allows."""
        if self._told:
            return Picked(self._told.popleft(), 1.0)
        params, grammar = self.params, self.grammar
        logits = logits.masked_fill(~torch.from_numpy(grammar.allowed()), sampling.NOTHING)
        probabilities = logits.softmax(0)
        leaning = lead_home(self._echo.lean(logits, params.echo, grammar), grammar)
        leaning = blend(self._form.lean(leaning), grammar)
        if not self._form.find(grammar.bar)[0]:  # what comes again is as it was
            leaning = self._tonality.lean(leaning, grammar)
        if self._draft:
            leaning = self._draft.lean(leaning, params.likeness, grammar)
        if self._chords:
            leaning = self._chords.lean(leaning, grammar)
        leaning = steer(leaning, grammar, density=params.density, register=params.register)
        leaning = sampling.keep_top_p(sampling.keep_top_k(leaning, params.top_k), params.top_p)
        word = sampling.sample(leaning, params.temperature, self._generator)
        return Picked(word, float(probabilities[word]))

    def take(self, word: int) -> bool:
        """Add a word to the piece; tell whether the composer must read the whole prompt again."""
        self._written.append(word)
        self._echo.push(word)
        begun = self.grammar.push(word)
        if begun is not None:
            self._form.remember(begun)
            self.sketch = self.grammar.sketch()
        return self._begin_bar() if BAR <= word < AT else False

    def _begin_bar(self) -> bool:
        grammar = self.grammar
        if self.params.tempo != self._tempos[-1][1]:
            self._tempos.append((grammar.bar, self.params.tempo))
        if self._filling and grammar.bar < self._filling.gap.end:
            self._told.extend(self._filling.tell(grammar.bar))
        elif self._filling:
            for word in self._filling.rest():
                grammar.push(word)
            self.sketch = grammar.sketch()
        header = write_header(replace(self.start, mode=self.params.mode, tempo=self.params.tempo))
        changed, grammar.header = header != grammar.header, header
        return changed


def write_header(params: MelodyParams) -> Header:
    """Return the header that asks for a whole piece with these settings."""
    quarters = params.tempo * BEAT_TICKS[params.time_signature] / BEAT_TICKS["4/4"]
    return Header(style=params.style, mode=params.mode, metre=params.time_signature, tempo=name_tempo(quarters))


def fill(params: MelodyParams) -> Filling | None:
    """Return what is to be filled where there is a draft; raise UnreadableOpening."""
    if not params.draft:
        return None
    return open_filling(params.draft, params.gap_start, params.gap_end, params.parts, write_header(params))


def count_bars(params: MelodyParams, filling: Filling | None) -> tuple[int, ...]:
    """Return how many bars the piece has, and in which sections they are counted down where it has no end."""
    if filling:
        return (filling.draft.bars,)
    return (MOST_BARS, SECTION) if params.endless else (params.bars,)
