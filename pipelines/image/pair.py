"""Two painters as one: the second paints what the first has no words for.

A small painter that is taught more things forgets some of the old ones. So the first stays as it is, and a second one,
trained from it on new things alone, lies in the folder `second` within its own. Each text is read by one of them, and
what a picture is on its way to, at every step, is what its texts' readers predict.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from pipelines.image.control import Control
from pipelines.image.denoiser import PainterDenoiser, Size, Words, sum_terms
from pipelines.image.hands import HandWords
from pipelines.image.lexicon import SECOND, Lexicon, Reading, list_wordings, read_more
from pipelines.image.store import reading
from pipelines.weights import own, read_json

BARE = re.compile(r"^(?:a|an|the) |^一[\u4e00-\u9fff](?=.)")  # from 一辆车: where words stand between, 车 alone is left


class Claims:
    """Finds what only the second painter knows, among the longest wordings of either: 风车 is a windmill and no 车."""

    def __init__(self, folder: Path) -> None:
        first, more = (list_wordings(tables) for tables in (read_json(folder / "words.json"), read_more(folder)))
        old, new = (
            {said for wording in wordings for said in (wording, BARE.sub("", wording))} for wordings in (first, more)
        )
        self.fresh = new - old
        ordered = sorted(old | new, key=lambda said: (-len(said), said))
        self.pattern = re.compile("|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in ordered))

    def __call__(self, text: str) -> bool:
        """Tell whether a lower-case text names any of it."""
        return any(found[0] in self.fresh for found in self.pattern.finditer(text))


class Pair:
    """Both painters, behind what the loop needs to know of one; their pictures are of one shape."""

    guided_inside = False

    def __init__(self, first: PainterDenoiser, second: PainterDenoiser, claims: Claims) -> None:
        self.first, self.second, self.claims = first, second, claims
        self.latent_channels, self.latent_scale = first.latent_channels, first.latent_scale

    @classmethod
    def open(cls, first: PainterDenoiser, folder: Path) -> Self:
        """Read the second painter of a painter's folder, in the precision and the place of the first.

        Raises BrokenModel.
        """
        from diffusers import PixArtAlphaPipeline, PixArtTransformer2DModel
        from transformers import AutoTokenizer, BertModel

        pipe, home = first.pipe, folder / SECOND
        with reading(folder):
            tokenizer = AutoTokenizer.from_pretrained(home / "tokenizer", local_files_only=True)
            encoder = BertModel.from_pretrained(home / "text_encoder", add_pooling_layer=False, local_files_only=True)
            transformer = PixArtTransformer2DModel.from_pretrained(home / "transformer", local_files_only=True)
        for part in (encoder, transformer):
            own(part.to(pipe.transformer.dtype).eval(), pipe._execution_device)
        second = PixArtAlphaPipeline(tokenizer, encoder, pipe.vae, transformer, pipe.scheduler)
        lexicon, hands = Lexicon.read(home, tokenizer.get_vocab()), HandWords.read(home)
        return cls(first, PainterDenoiser(second, lexicon, hands), Claims(folder))

    def choose(self, text: str) -> PainterDenoiser:
        """Return who reads a text: the second where it asks, by any name, for what only that one knows."""
        return self.second if self.claims(self.second.fold(text).text) else self.first

    def encode(self, text: str) -> Words:
        """Encode one prompt as its reader does, and as both do."""
        readings = {painter: painter.encode(text) for painter in (self.first, self.second)}
        return replace(readings[self.choose(text)], readings=readings)

    def mix(self, one: Words, other: Words, share: float) -> Words:
        """Go from one text towards another: each has its say in the prediction, by its own reader."""
        return self.first.mix(one, other, share)

    def oppose(self, unwanted: Words, wanted: Words) -> Words:
        """Return the unwanted words as the readers of the wanted ones read them, each with its share.

        Guidance goes from the one to the other, so both must come from one painter.
        """
        parts = wanted.terms or ((1.0, wanted),)
        share = sum(part for part, words in parts if words.reader is self.second)
        return self.mix(unwanted.readings[self.first], unwanted.readings[self.second], round(share, 6))

    def find_unknown(self, text: str) -> list[Reading]:
        """Return the words of a prompt that its reader takes for others or ignores."""
        return self.choose(text).find_unknown(text)

    def predict(
        self,
        latents: Tensor,
        timestep: Tensor,
        words: list[Words],
        guidance: float,
        size: Size,
        control: Control | None,
    ) -> Tensor:
        """Predict for each latent with its words, by whoever read them."""

        def look(rows: list[int], read: list[Words]) -> Tensor:
            readers = [one.reader for one in read]
            predicted = torch.empty_like(latents[rows])
            for painter in set(readers):
                mine = [place for place, reader in enumerate(readers) if reader is painter]
                looked = painter.look(latents[rows][mine], timestep, [read[place] for place in mine])
                predicted[mine] = looked.to(predicted.dtype)
            return predicted

        return sum_terms(words, look)
