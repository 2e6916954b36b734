"""Make the painter: `python -m training painter`.

A small PixArt transformer learns, with its text encoder, to clear noise from 64-pixel scenes of our own drawing
(training/scenes). Flow matching: x_s = (1 - s) x + s e, s the share of noise. The network predicts the clean picture
x and the loss is taken on the velocity (Li & He 2025, "Back to Basics: Let Denoising Generative Models Denoise").
"""

import argparse
import itertools
import json
import math
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pipelines.weights import choose_device
from training.feed import Feed
from training.loop import LoopConfig, OutOfTime, train
from training.reading import teach
from training.scenes.captions import caption
from training.scenes.kinds import KINDS
from training.scenes.scene import Scene, paint
from training.scenes.store import SceneStore, scene_at
from training.scope import WHOLE, Scope
from training.vocabulary import MAX_WORDS, build_tokenizer, export_words

CONFIGS = Path(__file__).parent / "configs"
FRESH = 0.66  # the share of the looks that goes to what an earlier painter doesn't know
UNSEEN = 1_000_000  # the seed of scenes kept from every training


class Painter(nn.Module):
    """The denoiser and its text encoder, trained together."""

    def __init__(self, config: dict[str, Any], vocabulary: int) -> None:
        super().__init__()
        from diffusers import PixArtTransformer2DModel
        from transformers import BertConfig, BertModel

        text = BertConfig(
            vocab_size=vocabulary, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **config["text"]
        )
        text._attn_implementation = "eager"
        self.text_encoder = BertModel(text, add_pooling_layer=False)
        self.transformer = PixArtTransformer2DModel(caption_channels=text.hidden_size, **config["transformer"])
        nn.init.zeros_(self.transformer.proj_out.weight)

    def forward(self, noisy: Tensor, share: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """Predict the clean pictures `(batch, 3, side, side)`; `share` is the noise share of each, in (0, 1]."""
        words = self.text_encoder(ids, attention_mask=mask).last_hidden_state
        timestep = (share * 1000).round()
        clean: Tensor = self.transformer(
            noisy, encoder_hidden_states=words, timestep=timestep, encoder_attention_mask=mask, return_dict=False
        )[0]
        return clean


def weigh(scene: Scene, side: int) -> NDArray[np.float32]:
    """Return how much each pixel of a scene counts, `(side, side)` with mean 1: its subjects thrice the rest."""
    rows, columns = (np.indices((side, side), np.float32) + 0.5) / side
    weight: NDArray[np.float32] = np.ones((side, side), np.float32)
    for subject in scene.subjects:
        kind = KINDS[subject.name]
        centred = kind.where in ("sky", "swims")  # these hang from their middle, the others stand on their foot
        middle = subject.base if centred else subject.base - subject.height / 2
        for x in subject.spots:
            inside = (abs(rows - middle) < subject.height * 0.55) & (abs(columns - x) < subject.height * kind.reach)
            weight[inside] = 3
    weight /= weight.mean()
    return weight


class Batches:
    """Draw training batches: a pure function of the seed and the step, once the store is full.

    The share `looks` goes to what is fresh, where anything is.
    """

    def __init__(  # noqa: PLR0913  what is drawn from, how much, and what of it
        self, store: SceneStore, tokenizer: Any, batch: int, seed: int, scope: Scope = WHOLE, looks: float = FRESH
    ) -> None:
        self.store, self.tokenizer, self.batch, self.seed, self.scope = store, tokenizer, batch, seed, scope
        self.looks = looks
        self._sorted = 0
        self._known: list[int] = []
        self._fresh: list[int] = []
        self._lock = threading.Lock()

    def _sort(self) -> None:
        """Put the numbers of scenes that were painted since the last call where they belong."""
        with self._lock:
            self.store.refresh()
            for index in range(self._sorted, len(self.store.scenes)):
                scene = self.store.scenes[index]
                if self.scope.holds(scene):
                    (self._fresh if self.scope.is_fresh(scene) else self._known).append(index)
            self._sorted = len(self.store.scenes)

    def draw(self, step: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return pictures of 0-255 at 8 bit, how much their pixels count, word ids and the attention mask."""
        if self._sorted < self.store.count:
            self._sort()
        rng = np.random.default_rng((self.seed, step))
        texts, pictures, weights = [], [], []
        for turn in rng.random(self.batch):
            pile = self._fresh if self._fresh and (turn < self.looks or not self._known) else self._known
            index = pile[int(rng.integers(len(pile)))]
            scene, picture = self.store.scenes[index], self.store.pictures[index]
            pictures.append(picture)
            weights.append(weigh(scene, self.store.side))
            texts.append("" if rng.random() < 0.1 else caption(scene, rng))
        words = self.tokenizer(texts, padding="longest", truncation=True, max_length=MAX_WORDS, return_tensors="pt")
        ids = words.input_ids
        forget = torch.from_numpy(rng.random(ids.shape) < 0.12) & torch.from_numpy(rng.random((len(texts), 1)) < 0.15)
        ids = torch.where(forget & (ids > self.tokenizer.unk_token_id + 3), self.tokenizer.unk_token_id, ids)
        clean = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)
        return clean, torch.from_numpy(np.stack(weights))[:, None], ids, words.attention_mask


def draw_shares(count: int, dice: torch.Generator) -> Tensor:
    """Draw noise shares, most of them near 0.9: below 0.85 the noise no longer hides what the picture shows.

    So words are learned above it: a fifth of the shares lie there evenly, an eighth below 0.8.
    """
    place = dice.device
    share = torch.sigmoid(torch.randn(count, generator=dice, device=place) * 0.9 + 2.0)
    turn, even = (torch.rand(count, generator=dice, device=place) for _ in range(2))
    share = torch.where(turn < 0.2, 0.95 + 0.05 * even, share)
    return torch.where(turn > 0.88, 0.02 + 0.78 * even, share)


def make_loss(painter: Painter, batches: Batches, device: torch.device, workers: int = 0) -> Any:
    """Return the loss of a step: the velocity's squared error, noise shares drawn logit-normal."""
    feed = Feed(batches.draw, workers)

    def compute(step: int) -> Tensor:
        pixels, weight, ids, mask = (part.to(device) for part in feed(step))
        clean = pixels.float().div(127.5).sub(1)
        dice = torch.Generator(device).manual_seed(batches.seed * 1_000_003 + step)
        share = draw_shares(len(clean), dice)
        noise = torch.randn(clean.shape, generator=dice, device=device)
        level = share[:, None, None, None]
        predicted = painter((1 - level) * clean + level * noise, share, ids, mask).float()
        weight = weight / level.clamp(min=0.25) ** 2  # the last noise is the easiest and must not drown the subjects
        loss: Tensor = (weight * (predicted - clean) ** 2).mean()
        return loss

    return compute


@torch.inference_mode()
def measure(painter: Painter, tokenizer: Any, seed: int, count: int = 128, scope: Scope = WHOLE) -> dict[str, float]:
    """Return the squared error on scenes no run sees, nearly all noise: with the right words, none, and another's.

    How far the three lie apart says how much the words decide.
    """
    device, side = next(painter.parameters()).device, painter.transformer.config.sample_size
    rng = np.random.default_rng((seed, 1))
    scenes = scope.take((scene_at(seed + UNSEEN, index) for index in itertools.count()), count)
    pictures = np.stack([np.asarray(paint(scene, side * 2, by_hand=False).reduce(2)) for scene in scenes])
    clean = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(127.5).sub(1).to(device)
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(seed)).to(device)
    share = torch.full((count,), 0.98, device=device)
    captions = [caption(scene, rng) for scene in scenes]
    errors = {}
    for name, texts in (("right", captions), ("none", [""] * count), ("wrong", captions[1:] + captions[:1])):
        words = tokenizer(texts, padding=True, truncation=True, max_length=MAX_WORDS, return_tensors="pt").to(device)
        drawn = painter(0.02 * clean + 0.98 * noise, share, words.input_ids, words.attention_mask)
        errors[f"error_{name}_words"] = float(((drawn - clean) ** 2).mean())
    return errors


def load_painter(run: Path) -> tuple[Painter, Any]:
    """Return the averaged painter of a run, finished or not, and its tokenizer."""
    config = json.loads((run / "config.json").read_text())
    tokenizer = build_tokenizer(Scope.read(config))
    painter = Painter(config, len(tokenizer))
    average = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)["average"]
    painter.load_state_dict(average, strict=False)
    return painter, tokenizer


def start_from(painter: Painter, tokenizer: Any, folder: Path) -> Tensor:
    """Take over a saved painter, to train it further: it may know other words and have fewer layers.

    A new layer adds nothing at first: it copies the last one but its outputs are zero. New words keep the random
    vectors they were given; which they are is returned, `(vocabulary,)` of bool. Other shapes must be the same.
    """
    from safetensors.torch import load_file
    from transformers import AutoTokenizer

    old = load_file(folder / "text_encoder" / "model.safetensors")
    words = painter.text_encoder.state_dict()
    table = words["embeddings.word_embeddings.weight"].clone()
    known, fresh = tokenizer.get_vocab(), torch.ones(len(table), dtype=torch.bool)
    for word, index in AutoTokenizer.from_pretrained(folder / "tokenizer").get_vocab().items():
        if word in known:
            table[known[word]] = old["embeddings.word_embeddings.weight"][index].float()
            fresh[known[word]] = False
    taken = {name: tensor.float() for name, tensor in old.items()}
    painter.text_encoder.load_state_dict({**words, **taken, "embeddings.word_embeddings.weight": table})
    weights = load_file(folder / "transformer" / "diffusion_pytorch_model.safetensors")
    weights = {name: tensor.float() for name, tensor in weights.items()}
    last = max(int(name.split(".")[1]) for name in weights if name.startswith("transformer_blocks."))
    for layer in range(last + 1, len(painter.transformer.transformer_blocks)):
        for name in [name for name in weights if name.startswith(f"transformer_blocks.{last}.")]:
            ends = any(part in name for part in ("to_out.0", "ff.net.2"))
            copied = weights[name]
            weights[name.replace(f".{last}.", f".{layer}.", 1)] = torch.zeros_like(copied) if ends else copied.clone()
    painter.transformer.load_state_dict(weights)
    return fresh


def save_painter(painter: Painter, tokenizer: Any, upsampler: Path, folder: Path, scope: Scope = WHOLE) -> None:
    """Write the whole pipeline as `save_pretrained` does, at 16 bit, and the words for what it knows."""
    from diffusers import AutoencoderTiny, DPMSolverMultistepScheduler, PixArtAlphaPipeline

    scheduler = DPMSolverMultistepScheduler(
        prediction_type="sample", use_flow_sigmas=True, flow_shift=2.0, algorithm_type="dpmsolver++", solver_order=2
    )
    vae = AutoencoderTiny.from_pretrained(upsampler)
    vae.register_to_config(_name_or_path="upsampler")  # or the path on this machine would travel along
    pipeline = PixArtAlphaPipeline(tokenizer, painter.text_encoder, vae, painter.transformer, scheduler)
    pipeline.to(dtype=torch.float16)
    pipeline.save_pretrained(folder)
    export_words(folder, scope)


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training painter", description=main.__doc__)
    parser.add_argument("--data", type=Path, help="unused: the scenes are drawn by our own code")
    parser.add_argument("--run", type=Path, default=Path("runs/painter"))
    parser.add_argument("--config", type=Path, default=CONFIGS / "painter.json", help="painter-gpu.json for a GPU")
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--start", type=Path, help="a saved painter whose weights a new run begins with")
    parser.add_argument("--steps", type=int, help="end at this step; lower it to finish a run early")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; the same command goes on")
    parser.add_argument("--workers", type=int, default=0, help="processes that paint and draw beside the training")
    return parser.parse_args(arguments)


def learn(options: argparse.Namespace) -> tuple[Painter, Any]:
    """Train the painter, or go on where an earlier run stopped; return it, averaged, and its tokenizer.

    Raises OutOfTime when the minutes are over before the steps.
    """
    deadline = time.monotonic() + options.minutes * 60
    config = json.loads(options.config.read_text())
    loop = LoopConfig(**config["loop"])
    if options.steps is not None:
        loop = replace(loop, steps=options.steps)
    options.run.mkdir(parents=True, exist_ok=True)
    (options.run / "config.json").write_text(json.dumps(config))
    store = SceneStore(options.run / "scenes", config["scenes"], config["transformer"]["sample_size"], loop.seed)
    painters = -(-options.workers * 2 // 3)  # the rest draw the batches
    if painters:
        with store.painting(painters, config["scenes_to_start"]):
            return train_on(store, config, loop, options, deadline)
    if store.refresh() < config["scenes_to_start"]:
        for done in store.fill():
            if done % 5000 == 0:
                print(f"{done:,} scenes painted", flush=True)
    return train_on(store, config, loop, options, deadline)


def train_on(
    store: SceneStore, config: dict[str, Any], loop: LoopConfig, options: argparse.Namespace, deadline: float
) -> tuple[Painter, Any]:
    """Teach a new painter to read, then train it on the store's scenes until the deadline of `time.monotonic()`."""
    from diffusers.models.attention_processor import AttnProcessor

    scope = Scope.read(config)
    tokenizer = build_tokenizer(scope)
    torch.manual_seed(loop.seed)
    device, drawers = choose_device(options.device), options.workers // 3
    painter = Painter(config, len(tokenizer)).to(device)
    if device.type == "cpu":
        painter.transformer.set_attn_processor(AttnProcessor())  # its backward is faster than sdpa's there
    print(f"{sum(p.numel() for p in painter.parameters()):,} parameters", flush=True)
    if (options.run / "checkpoint.pt").exists():
        print("going on where this run stopped", flush=True)
    else:
        fresh = start_from(painter, tokenizer, options.start) if options.start else None
        if steps := config["reading_steps"]:
            kept = fresh if config.get("reads_as_before") else None
            encoder, workers = painter.text_encoder, options.workers
            print(teach(encoder, tokenizer, steps, loop.seed, workers=workers, scope=scope, fresh=kept), flush=True)
    painter.text_encoder.requires_grad_(False)  # it can read now; the denoiser would only blur that
    batches = Batches(store, tokenizer, config["batch"], loop.seed, scope, config.get("fresh_looks", FRESH))
    loss = make_loss(painter, batches, device, drawers)
    train(painter, loss, loop, options.run, lambda: measure(painter, tokenizer, loop.seed, scope=scope), deadline)
    return painter, tokenizer


def main(arguments: Sequence[str]) -> None:
    """Train the painter, or go on where an earlier run stopped, and save it in the run folder's `model`."""
    options = read_options(arguments)
    try:
        painter, tokenizer = learn(options)
    except OutOfTime as stop:
        print(f"{stop}: the same command goes on from there", flush=True)
        return
    upsampler = options.run.parent / "upsampler" / "model"
    if not upsampler.exists():
        raise SystemExit(f"no upsampler in {upsampler}: run `python -m training upsampler` and this command again")
    scope = Scope.read(json.loads(options.config.read_text()))
    save_painter(painter.cpu(), tokenizer, upsampler, options.run / "model", scope)
    print(f"saved {options.run / 'model'}")
