"""Compose: word by word, under the grammar, steered by whatever the knobs say at each word."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import torch

from pipelines import weights
from pipelines.decoding import Picked, decode
from pipelines.errors import BrokenModel, WrongKind
from pipelines.llama import fuse, open_decoder
from pipelines.melody.edits import apply_edits
from pipelines.melody.expression import cut_short, perform
from pipelines.melody.pace import Pace
from pipelines.melody.params import SOUNDING, MelodyParams
from pipelines.melody.published.midi_model import network as midi_model
from pipelines.melody.published.midi_model.pipeline import MidiModelPipeline
from pipelines.melody.published.pipeline import PublishedPipeline, knows
from pipelines.melody.score import BAR_TICKS, Score, Sketch
from pipelines.melody.vocabulary import HEADER_LENGTH, PAD, WORDS, has_our_words
from pipelines.melody.writing import Writing
from pipelines.params import Read, narrow

ART = "music"


@dataclass(frozen=True)
class MelodyStep:
    """The work so far: `index` words written, `bars_done` of `total` bars complete."""

    sketch: Sketch
    index: int
    bars_done: int
    total: int
    params: MelodyParams = field(repr=False)
    tempo_changes: tuple[tuple[int, int], ...] = ()
    sounding: ClassVar[tuple[str, ...]] = SOUNDING

    @property
    def counted(self) -> str:
        """What its progress is told in: an endless piece has no last bar."""
        return "played" if self.params.endless else "steps"

    @cached_property
    def score(self) -> Score:
        """The notes so far, as they sound."""
        start = self.params
        sketch = apply_edits(self.sketch, start.edits)
        return perform(
            sketch, key=start.key, tempo=start.tempo * start.speed, instruments=start.instruments,
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
        """Compose one piece, one step a word; `read` is called once a step.

        Raises UnreadableOpening or UnreadableChords.
        """
        start = read()
        work, pace, index = Writing(start, seed), Pace(), 0
        words = self._decode(work)
        while not work.grammar.done:
            if index:
                work.params = read()
            if work.take(next(words).token):
                words = self._decode(work)
            pace.keep(work.grammar.now_ticks / work.grammar.bar_ticks, work.params.pace)
            index += 1
            yield MelodyStep(work.sketch, index, work.bars_done, work.grammar.bars, start, work.tempo_changes)

    def _decode(self, work: Writing) -> Iterator[Picked]:
        return decode(open_decoder(self.model, self.llama, self.context), work.prompt, work.pick, keep=HEADER_LENGTH)

    @classmethod
    def load(
        cls, folder: Path, device: torch.device, dtype: torch.dtype, name: str = ""
    ) -> "MelodyPipeline | PublishedPipeline | MidiModelPipeline":
        """Load a composer; raise WrongKind where the folder holds something else, BrokenModel where it is damaged."""
        if midi_model.knows(folder):
            return MidiModelPipeline.load(folder, device, dtype, name)
        weights.require_causal_lm(folder, str(folder), ART)
        if knows(folder):
            return PublishedPipeline.load(folder, device, dtype, name)
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
        return cls(weights.own(model, device).eval(), name or folder.name, weights.read_card(folder))

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
