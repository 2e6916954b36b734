"""Teach the painter's text encoder to read before it paints: to name, from a caption, what its scene shows.

Learning words through the denoiser alone is slow: the pictures say little about any one word. Naming is cheap, since
records and captions cost nothing, and leaves the whole scene readable in the first token's state.
"""

import itertools
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.feed import Feed
from training.scenes.captions import caption, side_word, size_word
from training.scenes.scene import Scene, draw_scene
from training.scenes.words import COLOURS, PLACES, SEASONS, SIDES, SIZES, STYLES, SUBJECTS, TIMES, WEATHERS
from training.scope import WHOLE, Scope
from training.vocabulary import MAX_WORDS

NOTHING = ""
QUESTIONS: dict[str, tuple[str, ...]] = {
    "place": tuple(PLACES),
    "time": tuple(TIMES),
    "season": (NOTHING, *SEASONS),
    "weather": (NOTHING, *WEATHERS),
    "style": tuple(STYLES),
    "subject": (NOTHING, *SUBJECTS),
    "second": (NOTHING, *SUBJECTS),
    "colour": (NOTHING, *COLOURS),
    "size": (NOTHING, *SIZES),
    "side": (NOTHING, *SIDES),
    "count": ("1", "2", "3"),
}


def answer(scene: Scene) -> list[int]:
    """Return the index of the right answer to each question."""
    main = scene.subjects[-1] if scene.subjects else None
    second = scene.subjects[0].name if len(scene.subjects) > 1 else NOTHING
    answers = {
        "place": scene.place,
        "time": scene.time,
        "season": scene.season,
        "weather": scene.weather,
        "style": scene.style,
        "subject": main.name if main else NOTHING,
        "second": second,
        "colour": main.colour if main else NOTHING,
        "size": size_word(main) if main else NOTHING,
        "side": side_word(main) if main else NOTHING,
        "count": str(main.count) if main else "1",
    }
    return [options.index(answers[name]) for name, options in QUESTIONS.items()]


class Reader(nn.Module):
    """A text encoder with one linear answer a question on its first token."""

    def __init__(self, text_encoder: nn.Module) -> None:
        super().__init__()
        self.text_encoder = text_encoder
        width = cast(Any, text_encoder).config.hidden_size
        self.heads = nn.ModuleList(nn.Linear(width, len(options)) for options in QUESTIONS.values())

    def forward(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """Return the logits of each question."""
        first = self.text_encoder(ids, attention_mask=mask).last_hidden_state[:, 0]
        return [head(first) for head in self.heads]


def draw_page(
    tokenizer: Any, count: int, rng: np.random.Generator, scope: Scope = WHOLE
) -> tuple[Tensor, Tensor, Tensor]:
    """Return word ids, their mask and the answers `(count, questions)` of fresh scenes."""
    scenes = scope.take((draw_scene(rng) for _ in itertools.count()), count)
    texts = [caption(scene, rng) for scene in scenes]
    words = tokenizer(texts, padding="longest", truncation=True, max_length=MAX_WORDS, return_tensors="pt")
    return words.input_ids, words.attention_mask, torch.tensor([answer(scene) for scene in scenes])


def teach(  # noqa: PLR0913  what is taught, and how
    text_encoder: nn.Module, tokenizer: Any, steps: int, seed: int, batch: int = 96, workers: int = 0,
    scope: Scope = WHOLE, fresh: Tensor | None = None,
) -> dict[str, float]:  # fmt: skip
    """Train the encoder in place; return the share of right answers to each question over the last 20 pages.

    What a caption leaves out cannot be answered, so the shares stay well below one. Where words are `fresh`,
    `(vocabulary,)` of bool, their vectors alone are learned: all else is read as it was.
    """
    device = next(text_encoder.parameters()).device
    reader = Reader(text_encoder).to(device).train()
    if fresh is not None:
        text_encoder.requires_grad_(False)
        table = cast(Any, text_encoder).get_input_embeddings().weight.requires_grad_(True)
        table.register_hook(lambda gradient: gradient * fresh.to(device)[:, None])
    learned = [parameter for parameter in reader.parameters() if parameter.requires_grad]
    decays = 0.01 if fresh is None else 0.0  # it would act on vectors that are to stay
    optimizer = torch.optim.AdamW(learned, lr=1.5e-3, betas=(0.9, 0.95), weight_decay=decays)
    decay = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.5e-3, total_steps=max(2, steps), pct_start=0.1)
    right = torch.zeros(len(QUESTIONS))
    pages = Feed(lambda step: draw_page(tokenizer, batch, np.random.default_rng((seed, step)), scope), workers)
    for step in range(steps):
        ids, mask, answers = (part.to(device) for part in pages(step))
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type != "mps"):
            logits = reader(ids, mask)
        loss = torch.stack([F.cross_entropy(one.float(), answers[:, i]) for i, one in enumerate(logits)]).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimizer.step()
        decay.step()
        optimizer.zero_grad()
        if step >= steps - 20:
            right += torch.stack(
                [(one.argmax(1) == answers[:, i]).float().mean() for i, one in enumerate(logits)]
            ).cpu()
        if step % 100 == 0:
            print(f"reading, step {step}: {loss.item():.3f}", flush=True)
    return {name: float(share) for name, share in zip(QUESTIONS, right / min(20, max(1, steps)), strict=True)}
