"""Compose: word by word, under the grammar, steered by whatever the knobs say at each word."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pipelines import sampling, weights
from pipelines.decoding import Pick, Picked, decode
from pipelines.errors import BrokenModel, WrongKind
from pipelines.llama import fuse, open_decoder
from pipelines.melody.cadence import lead_home
from pipelines.melody.echo import Echo
from pipelines.melody.expression import cut_short, perform
from pipelines.melody.gap import Filling, open_filling
from pipelines.melody.grammar import Grammar
from pipelines.melody.likeness import Likeness
from pipelines.melody.opening import set_opening
from pipelines.melody.pace import Pace
from pipelines.melody.params import MelodyParams
from pipelines.melody.score import BAR_TICKS, BEAT_TICKS, Header, Score, Sketch
from pipelines.melody.steering import steer
from pipelines.melody.vocabulary import AT, BAR, HEADER_LENGTH, PAD, WORDS, encode_header, has_our_words, name_tempo
from pipelines.params import Read, narrow

ART = "music"
SECTION = 16  # bars that an endless piece counts down at a time
MOST_BARS = 2_000  # of an endless piece: an hour and more


@dataclass(frozen=True)
class MelodyStep:
    """The work so far: `index` words written, `bars_done` of `total` bars complete."""

    sketch: Sketch
    index: int
    bars_done: int
    total: int
    params: MelodyParams = field(repr=False)
    tempo_changes: tuple[tuple[int, int], ...] = ()

    @cached_property
    def score(self) -> Score:
        """The notes so far, as they sound."""
        start = self.params
        return perform(
            self.sketch, key=start.key, tempo=start.tempo * start.speed, instrument=start.instrument,
            transpose=start.transpose,
            tempo_changes=[(bar, tempo * start.speed) for bar, tempo in self.tempo_changes],
        )  # fmt: skip

    def finish(self) -> Score:
        """The piece as it is kept; one that was stopped ends with the bar it had come to."""
        if self.bars_done == self.total:
            return self.score
        newest = max((note.start_ticks for note in self.score.notes), default=0)
        return cut_short(self.score, newest // BAR_TICKS[self.score.metre] + 1)


class MelodyPipeline:
    """A decoder over the composer's words and the grammar that holds it."""

    params_type = MelodyParams

    def __init__(self, model: Any, name: str = "", card: dict[str, dict[str, Any]] | None = None) -> None:
        self.model = model
        self.knobs = narrow(MelodyParams.knobs(), card or {})
        self.name = name
        self.context: int = model.config.max_position_embeddings
        self.llama = fuse(model)

    def generate(self, read: Read[MelodyParams], seed: int) -> Iterator[MelodyStep]:
        """Compose one piece, one step a word; `read` is called once a step. Raises UnreadableOpening."""
        start = params = read()
        filling = fill(start)
        grammar = Grammar(write_header(start), *count_bars(start, filling))
        echo, likeness = Echo(), Likeness(filling.draft) if filling else None
        told: deque[int] = deque()  # what the composer is told in this bar, not asked
        generator = torch.Generator().manual_seed(seed)

        def pick(logits: Tensor, tokens: Sequence[int]) -> Picked:
            if told:
                echo.push(told[0])
                return Picked(told.popleft(), 1.0)
            leaning = lead_home(echo.lean(logits, params.echo, grammar), grammar)
            if likeness:
                leaning = likeness.lean(leaning, params.likeness, grammar)
            picked = choose(leaning, grammar, params, generator)
            echo.push(picked.token)
            return picked

        written = filling.begin(grammar) if filling else set_opening(start.opening, start.opening_bars, grammar)
        for word in written:
            echo.push(word)
        words = self._decode(grammar.header, written, pick)
        sketch, index, pace = grammar.sketch(), 0, Pace()
        tempos = [(0, start.tempo)]
        while not grammar.done:
            if index:
                params = read()
            word = next(words).token
            written.append(word)
            if grammar.push(word) is not None:
                sketch = grammar.sketch()
            if BAR <= word < AT:
                if params.tempo != tempos[-1][1]:
                    tempos.append((grammar.bar, params.tempo))
                header = write_header(replace(start, mode=params.mode, tempo=params.tempo))
                if header != grammar.header:
                    grammar.header = header
                    words = self._decode(grammar.header, written, pick)
                if filling:
                    told.extend(filling.tell(grammar.bar))
                    if grammar.bar == filling.gap.end:
                        for word in filling.rest():
                            grammar.push(word)
                        sketch = grammar.sketch()
            pace.keep(grammar.now_ticks / grammar.bar_ticks, params.pace)
            index += 1
            done = grammar.bars if grammar.done else max(0, grammar.bar)
            yield MelodyStep(sketch, index, done, grammar.bars, start, tuple(tempos[1:]))

    def _decode(self, header: Header, written: Sequence[int], pick: Pick) -> Iterator[Picked]:
        decoder = open_decoder(self.model, self.llama, self.context)
        return decode(decoder, encode_header(header) + list(written), pick, keep=HEADER_LENGTH)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype, name: str = "") -> "MelodyPipeline":
        """Load a composer; raise WrongKind where the folder holds something else, BrokenModel where it is damaged."""
        weights.require_causal_lm(folder, str(folder), ART)
        if not has_our_words(folder):
            raise WrongKind(source=name or str(folder), art=ART)
        from safetensors import SafetensorError
        from transformers import AutoModelForCausalLM

        try:
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=name or str(folder)) from error
        if model.config.vocab_size != len(WORDS):
            raise WrongKind(source=name or str(folder), art=ART)
        return cls(model.to(device).eval(), name or folder.name, weights.read_card(folder))

    @classmethod
    def tiny(cls, seed: int = 0) -> "MelodyPipeline":
        """Build an untrained composer in milliseconds, for tests."""
        from transformers import LlamaConfig, LlamaForCausalLM

        shape = LlamaConfig(
            vocab_size=len(WORDS),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=128,
            pad_token_id=PAD,
            bos_token_id=None,
            eos_token_id=None,
            tie_word_embeddings=True,
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = LlamaForCausalLM(shape)
        return cls(model.eval(), "tiny")


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


def choose(logits: Tensor, grammar: Grammar, params: MelodyParams, generator: torch.Generator) -> Picked:
    """Choose a word among those the grammar allows."""
    allowed = torch.from_numpy(grammar.allowed())
    logits = logits.masked_fill(~allowed, sampling.NOTHING)
    probabilities = logits.softmax(0)
    steered = steer(logits, grammar, density=params.density, register=params.register)
    steered = sampling.keep_top_p(sampling.keep_top_k(steered, params.top_k), params.top_p)
    word = sampling.sample(steered, params.temperature, generator)
    return Picked(word, float(probabilities[word]))
