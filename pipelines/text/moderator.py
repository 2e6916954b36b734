"""A classifier from the hub that tells whether a text is out of place."""

from pathlib import Path
from typing import Any, Self

import torch

from pipelines import weights
from pipelines.errors import BrokenModel, WrongKind

MOST_TOKENS = 512
HARMLESS = (
    "neutral", "safe", "ok", "non-toxic", "nontoxic", "not_toxic", "normal", "sfw", "label_0", "non-hate", "nothate",
)  # fmt: skip
THRESHOLD = 0.5


class Moderator:
    """A sequence classifier whose harmless labels are known by their usual names; all others are out of place."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self._model, self._tokenizer = model, tokenizer
        labels: dict[int, str] = model.config.id2label
        self._bad = [index for index, label in labels.items() if label.lower() not in HARMLESS]
        self._several = model.config.problem_type == "multi_label_classification"

    @torch.inference_mode()
    def __call__(self, text: str) -> bool:
        """Tell whether a text is out of place."""
        told = self._tokenizer(text, return_tensors="pt", truncation=True, max_length=MOST_TOKENS)
        logits = self._model(**told.to(self._model.device)).logits[0].float()
        shares = logits.sigmoid() if self._several else logits.softmax(0)
        found = shares[self._bad]
        return bool((found.max() if self._several else found.sum()) > THRESHOLD)

    @classmethod
    def load(cls, folder: Path, device: torch.device, dtype: torch.dtype) -> Self:
        """Load a classifier's folder; raise WrongKind for another model, BrokenModel for a damaged one."""
        kinds = weights.read_json(folder / "config.json").get("architectures")
        if not (isinstance(kinds, list) and any(str(kind).endswith("ForSequenceClassification") for kind in kinds)):
            raise WrongKind(source=str(folder), art="moderation")
        from safetensors import SafetensorError
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        try:
            model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=dtype, use_safetensors=True)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise BrokenModel(source=str(folder)) from error
        return cls(weights.own(model, device).eval(), tokenizer)
