"""Paint the sheet by which a painter is judged: `python -m training sheet` writes it as one PNG, nothing chosen."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from pipelines.image import ImageParams, ImagePipeline
from pipelines.weights import choose_device, choose_dtype

SHIPPED = Path(__file__).parents[1] / "assets" / "models" / "painter"
COLUMNS, CELL_PX = 6, 200
PROMPTS = (
    "a boat on the sea at sunset",
    "月光下山间的小屋",
    "watercolour of a small red house in the mountains",
    "夕阳下海上的一只小船，水彩",
    "a lighthouse by the sea at night",
    "a big tree in a field, oil painting",
    "一座塔，湖边，水墨",
    "a snowman in the snow",
    "the moon over a lake, ink wash",
    "沙漠里的仙人掌，白天",
    "a red balloon over the mountains on a sunny day",
    "森林里的红色的蘑菇，平涂",
    "a castle in the mountains at dawn, watercolour",
    "草地上的向日葵",
    "a rainbow over a field, flat",
    "a waterfall in the forest",
    "a palm tree by the ocean at sunset, oil painting",
    "湖边的樱花，清晨",
    "a church in a meadow in autumn",
    "a ship on the sea, flat",
    "火山，大海，黄昏",
    "a river in the mountains at dusk",
    "a windmill in a field on a sunny day",
    "大海上空一群鸟，黄昏",
    "a pine tree in the mountains in winter",
    "夜晚大海上的月亮，油画",
    "a white sailboat on a lake on a sunny day, flat",
    "山里的小路，秋天，水彩",
    "a person in the desert at sunset",
    "清晨的湖，水墨",
    "the sun over the sea, watercolour",
    "森林里的帐篷，夜晚",
    "a yellow flower in a field, flat",
    "湖上的石桥，水墨",
    "a cloud over the desert",
    "冬天的森林，油画",
)


def main(arguments: Sequence[str]) -> None:
    """Paint every prompt of the sheet once and save them side by side, line by line."""
    parser = argparse.ArgumentParser(prog="python -m training sheet", description=main.__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--to", type=Path, default=Path("sheet.png"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, default=4.0)
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    options = parser.parse_args(arguments)
    place = choose_device(options.device)
    pipeline = ImagePipeline.load(options.model, place, choose_dtype(place) if place.type != "cpu" else torch.float32)
    sheet = Image.new("RGB", (COLUMNS * CELL_PX, -(-len(PROMPTS) // COLUMNS) * CELL_PX))
    for index, prompt in enumerate(PROMPTS):
        params = ImageParams(prompt=prompt, guidance_scale=options.guidance, num_inference_steps=options.steps)
        *_, last = pipeline.generate(lambda params=params: params, options.seed)  # type: ignore[misc]
        cell = last.pictures[0].resize((CELL_PX - 4, CELL_PX - 4), Image.Resampling.LANCZOS)
        sheet.paste(cell, (index % COLUMNS * CELL_PX, index // COLUMNS * CELL_PX))
    sheet.save(options.to)
    print(f"saved {options.to}")
