"""Paint one small picture for each style and palette, to choose by: `python -m training swatches`.

The page shows them below the two lists. They are one row of squares, in the order that `swatches.json` names.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.hands import HANDS
from pipelines.image.palettes import NONE, read_palettes
from training.sheet import SHIPPED

FOLDER = Path(__file__).parents[1] / "assets" / "easel"
SIDE_PX = 72
QUALITY = 80
PROMPT = "a lighthouse by the sea on a sunny day"


def main(arguments: Sequence[str]) -> None:
    """Paint the squares and write them where the page finds them."""
    parser = argparse.ArgumentParser(prog="python -m training swatches", description=main.__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    pipeline = ImagePipeline.load(options.model, torch.device("cpu"), torch.float32)
    wanted = {
        "style": {name: {"style": name} for name in ("none", *HANDS)},
        "palette": {name: {"palette": name} for name in (NONE, *read_palettes())},
    }
    named = [(knob, name) for knob, choices in wanted.items() for name in choices]
    row = Image.new("RGB", (SIDE_PX * len(named), SIDE_PX))
    for index, (knob, name) in enumerate(named):
        params = ImageParams(prompt=options.prompt, **wanted[knob][name])  # type: ignore[arg-type]
        *_, last = pipeline.generate(lambda params=params: params, options.seed)  # type: ignore[misc]
        row.paste(last.pictures[0].resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS), (index * SIDE_PX, 0))
    row.save(options.out / "swatches.webp", quality=QUALITY, method=6)
    (options.out / "swatches.json").write_text(
        json.dumps({knob: list(choices) for knob, choices in wanted.items()}) + "\n"
    )
    print(f"saved {options.out / 'swatches.webp'}")
