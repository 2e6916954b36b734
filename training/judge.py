"""Judge a painter by what a stranger would read off its pictures: `python -m training judge`.

A small network that never sees a painter's work learns to read subject, place, hour, colour and style from rendered
scenes. Then it reads pictures painted from captions whose union of words no training saw, in both languages, beside
the renders of the same scenes: how far it can be trusted.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from pipelines.image.lexicon import read_words
from pipelines.weights import choose_device
from training.loop import LoopConfig, train
from training.scenes.captions import Language, caption_chinese, caption_english
from training.scenes.scene import Scene, paint
from training.scenes.store import SceneStore, held_out_at
from training.scenes.words import COLOURS, PLACES, STYLES, SUBJECTS, TIMES
from training.upsampler import spoil, to_tensor

SIDE = 128  # at 64, pixel art passed for flat colour: what makes a style is fine
BATCH = 64
SCENES = 24_000
PATIENCE = 20_000  # draws without a new caption
SEED = 500  # of the scenes it learns from; no painter's
LOOP = LoopConfig(steps=1_500, other_lr=2e-3, warmup_steps=100, decay_fraction=0.7, log_every=100, threads=2, seed=SEED)
READINGS: dict[str, tuple[str, ...]] = {
    "subject": tuple(SUBJECTS),
    "place": tuple(PLACES),
    "time": tuple(TIMES),
    "colour": tuple(COLOURS),
    "style": tuple(STYLES),
}
UNASKED = -100  # what cross-entropy leaves out: the colour of a thing that has none to choose


def read_record(scene: Scene) -> list[int]:
    """Return the right reading of each attribute, `UNASKED` where there is none."""
    main = scene.subjects[-1] if scene.subjects else None
    told = {
        "subject": main.name if main else "",
        "place": scene.place,
        "time": scene.time,
        "colour": main.colour if main else "",
        "style": scene.style,
    }
    return [options.index(told[name]) if told[name] else UNASKED for name, options in READINGS.items()]


class Judge(nn.Module):
    """A small residual network with a linear reading for each attribute."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import ResNetConfig, ResNetModel

        widths = [32, 64, 128, 256]
        config = ResNetConfig(embedding_size=32, hidden_sizes=widths, depths=[1, 2, 2, 1], layer_type="basic")
        self.body = ResNetModel(config)
        self.heads = nn.ModuleList(nn.Linear(widths[-1], len(options)) for options in READINGS.values())

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Read pictures `(batch, 3, 128, 128)` in [-1, 1]; return the logits of each attribute."""
        seen = self.body(pictures).pooler_output.flatten(1)
        return [head(seen) for head in self.heads]


def make_loss(judge: Judge, store: SceneStore) -> Callable[[int], Tensor]:
    """Return the loss of a step: the sum of the attributes' cross-entropies on pictures a little spoilt."""

    def compute(step: int) -> Tensor:
        indices = np.random.default_rng((SEED, step)).integers(store.count, size=BATCH)
        pictures = spoil(to_tensor(store.pictures[indices]), torch.Generator().manual_seed(step))
        answers = torch.tensor([read_record(store.scenes[int(index)]) for index in indices])
        device = next(judge.parameters()).device
        return sum_losses(judge(pictures.to(device)), answers.to(device))

    return compute


def sum_losses(logits: Sequence[Tensor], answers: Tensor) -> Tensor:
    """Return the sum of the cross-entropies of `(batch, options)` logits with `(batch, attributes)` answers."""
    losses = [F.cross_entropy(one.float(), answers[:, index], ignore_index=UNASKED) for index, one in enumerate(logits)]
    return sum(losses[1:], losses[0])


@torch.inference_mode()
def score(judge: Judge, pictures: Sequence[Image.Image], scenes: Sequence[Scene]) -> dict[str, float]:
    """Return the share of right readings of each attribute, of those that a scene has."""
    small = [np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX)) for picture in pictures]
    answers = torch.tensor([read_record(scene) for scene in scenes])
    batches = torch.split(to_tensor(np.stack(small)), BATCH)
    device = next(judge.parameters()).device
    seen = ([one.cpu() for one in judge(batch.to(device))] for batch in batches)
    read = [torch.cat(parts).argmax(1) for parts in zip(*seen, strict=True)]
    shares = {}
    for index, name in enumerate(READINGS):
        asked = answers[:, index] != UNASKED
        shares[name] = float((read[index] == answers[:, index])[asked].float().mean())
    return shares


@dataclass(frozen=True)
class Exam:
    """Scenes of unseen unions, each with one thing to name, and a whole caption of each in both languages."""

    scenes: tuple[Scene, ...]
    captions: dict[Language, tuple[str, ...]]


def knows(tables: Mapping[str, Mapping[str, Any]], scene: Scene) -> bool:
    """Tell whether a painter's tables of words name all that is in a scene; without tables it is asked everything."""
    named = {
        "place": {scene.place},
        "time": {scene.time},
        "season": {scene.season},
        "weather": {scene.weather},
        "hand" if "hand" in tables else "style": {scene.style},
        "subject": {subject.name for subject in scene.subjects},
        "colour": {subject.colour for subject in scene.subjects},
    }
    return not tables or all(names - {""} <= tables.get(table, {}).keys() for table, names in named.items())


def unite(scene: Scene) -> tuple[str, ...]:
    """Return the union of words that a scene is held out by."""
    return scene.subjects[-1].name, scene.place, scene.time, scene.style


def draw_exam(count: int, tables: Mapping[str, Mapping[str, Any]] = MappingProxyType({})) -> Exam:
    """Draw scenes that a painter has words for, each of an unseen union of subject, place, hour and style.

    No two have all words alike; there are fewer than `count` where a painter of few words leaves no more.
    """
    scenes: dict[Any, Scene] = {}
    index = found = 0
    while len(scenes) < count and index < found + PATIENCE:
        scene = held_out_at(SEED + 1, index)
        index += 1
        main = replace(scene, subjects=scene.subjects[-1:])
        if main.subjects and knows(tables, main):
            told = (*unite(main), scene.season, scene.weather, main.subjects[0].colour, main.subjects[0].count)
            found = found if told in scenes else index
            scenes.setdefault(told, main)
    drawn = tuple(scenes.values())
    writers: dict[Language, Callable[..., str]] = {"en": caption_english, "zh": caption_chinese}
    captions = {
        language: tuple(write(scene, np.random.default_rng(n), certain=True) for n, scene in enumerate(drawn))
        for language, write in writers.items()
    }
    return Exam(drawn, captions)


def paint_all(model: Path, captions: Sequence[str], steps: int, guidance: float) -> Iterator[Image.Image]:
    """Paint a caption each as the studio does, seeds from 0."""
    from pipelines.image import ImageParams, ImagePipeline

    pipeline = ImagePipeline.load(model, choose_device("auto"), torch.float32)
    for seed, caption in enumerate(captions):
        params = ImageParams(prompt=caption, guidance_scale=guidance, num_inference_steps=steps)
        *_, last = pipeline.generate(lambda params=params: params, seed)  # type: ignore[misc]
        yield last.pictures[0]


def train_judge(run: Path, workers: int = 0) -> Judge:
    """Train the judge, or take it from the run where it is done."""
    store = SceneStore(run / "scenes", SCENES, SIDE, SEED, by_hand=True)
    for done in store.fill(workers):
        if done % 4000 == 0:
            print(f"{done:,} scenes painted", flush=True)
    store.refresh()
    torch.manual_seed(SEED)
    judge = Judge().to(choose_device("auto"))
    train(judge, make_loss(judge, store), LOOP, run)
    return judge.eval()


def main(arguments: Sequence[str]) -> None:
    """Print how much of what was asked for is read off a painter's pictures, beside the renders of the same scenes."""
    parser = argparse.ArgumentParser(prog="python -m training judge", description=main.__doc__)
    parser.add_argument("--run", type=Path, default=Path("runs/judge"))
    parser.add_argument("--model", type=Path, default=Path(__file__).parents[1] / "assets" / "models" / "painter")
    parser.add_argument("--count", type=int, default=320)
    parser.add_argument("--steps", type=int, nargs="*", default=[25])
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--workers", type=int, default=0, help="processes that paint the scenes it learns from")
    options = parser.parse_args(arguments)
    judge = train_judge(options.run, options.workers)
    exam = draw_exam(options.count, read_words(options.model))
    unions = {unite(scene) for scene in exam.scenes}
    print(f"{len(exam.scenes)} captions of {len(unions)} unseen unions", flush=True)
    rows: dict[str, dict[str, float]] = {
        "renders": score(judge, [paint(scene, SIDE * 2) for scene in exam.scenes], exam.scenes)
    }
    print(f"| | {' | '.join(READINGS)} |\n|---|{'---|' * len(READINGS)}", flush=True)
    print_row("renders", rows["renders"])
    for steps in options.steps:
        for language, captions in exam.captions.items():
            pictures = list(paint_all(options.model, captions, steps, options.guidance))
            print_row(f"{steps} steps, {language}", score(judge, pictures, exam.scenes))


def print_row(name: str, shares: dict[str, float]) -> None:
    """Print a line of the table."""
    print(f"| {name} | {' | '.join(f'{share:.1%}' for share in shares.values())} |", flush=True)
