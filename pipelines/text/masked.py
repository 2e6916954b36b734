"""Another word from a model that reads both sides: a BERT or its kin, of the owner's choosing."""

import re
from pathlib import Path
from typing import Any, Self

import torch

from pipelines.errors import BrokenModel, WrongKind
from pipelines.weights import own, read_json

TRIED = 60
CHINESE = re.compile(r"[\u3400-\u9fff]")
LONGEST = 256
ENDS = 4


class MaskedReader:
    """A masked language model with its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.room = min(LONGEST, getattr(model.config, "max_position_embeddings", LONGEST))

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype) -> Self:
        """Load a `save_pretrained` folder; raise WrongKind or BrokenModel."""
        from safetensors import SafetensorError
        from transformers import AutoModelForMaskedLM, AutoTokenizer

        kinds = read_json(folder / "config.json").get("architectures")
        if not (isinstance(kinds, list) and any(str(kind).endswith("ForMaskedLM") for kind in kinds)):
            raise WrongKind(source=str(folder), art="other words")
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            model = AutoModelForMaskedLM.from_pretrained(folder, dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=str(folder)) from error
        if tokenizer.mask_token_id is None:
            raise BrokenModel(source=str(folder))
        return cls(own(model, device), tokenizer)

    def suggest_words(self, before: str, word: str, after: str) -> list[str]:
        """Return what could stand where `word` stands, likeliest first: Chinese as long, Latin of one piece."""
        chinese = bool(CHINESE.search(word))
        found = self._fill(before, after, min(4, len(word)) if chinese else 1)
        found = [text for text in found if {bool(CHINESE.match(letter)) for letter in text} == {chinese}]
        return [text for text in dict.fromkeys(found) if text.isalpha() and text.casefold() != word.casefold()]

    @torch.inference_mode()
    def _fill(self, before: str, after: str, masks: int) -> list[str]:
        """Return the likeliest fillings: the first mask's best tokens, each followed by the best of the others."""
        side = (self.room - masks - ENDS) // 2  # in characters: a token holds one at least
        text = before[max(0, len(before) - side) :] + self.tokenizer.mask_token * masks + after[:side]
        ids = self.tokenizer(text, return_tensors="pt")["input_ids"].to(self.model.device)
        start = int((ids[0] == self.tokenizer.mask_token_id).nonzero()[0])
        chances = self._read(ids)[0, start]
        firsts = chances.topk(min(TRIED, len(chances))).indices.tolist()
        whole = [token for token in firsts if self._is_whole(token)]
        rows = ids.repeat(len(whole), 1)
        rows[:, start] = torch.tensor(whole, dtype=torch.long, device=rows.device)
        for place in range(start + 1, start + masks):
            rows[:, place] = self._read(rows)[:, place].argmax(-1)
        return ["".join(self._show(token) for token in row) for row in rows[:, start : start + masks].tolist()]

    def _read(self, ids: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        return logits

    def _is_whole(self, token: int) -> bool:
        text = self.tokenizer.convert_ids_to_tokens(token)
        return token not in self.tokenizer.all_special_ids and not text.startswith("##")

    def _show(self, token: int) -> str:
        text: str = self.tokenizer.decode([token], skip_special_tokens=True)
        return text.replace("##", "").strip()
