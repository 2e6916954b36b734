"""Paint the sheet by which a painter is judged: `python -m training sheet` writes it as one PNG, nothing chosen."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image

from pipelines.image import ImageParams, ImagePipeline
from pipelines.weights import choose_device, choose_dtype

SHIPPED = Path(__file__).parents[1] / "assets" / "models" / "painter"
COLUMNS, CELL_PX = 8, 200
PROMPTS = (
    "a boat on the sea at sunset",
    "月光下山间的小屋",
    "watercolour of a small red house in the mountains",
    "街上的一辆红色汽车，夜晚",
    "a lighthouse by the sea at night",
    "an orange cat in a village on a sunny day",
    "一座塔，湖边，水墨",
    "two snowmen in the snow",
    "a black horse in a canyon at sunset, oil painting",
    "沙漠里的骆驼，黄昏",
    "a red balloon over the mountains, stained glass",
    "森林里的熊猫，剪纸",
    "a castle in the mountains at dawn, watercolour",
    "草地上的三朵向日葵",
    "a rainbow over rice terraces, impressionist",
    "a deer in the forest in autumn",
    "a palm tree by the ocean at sunset, pointillist",
    "湖边的樱花，清晨，浮世绘",
    "a church in a village in winter, pencil sketch",
    "a ship on the sea, woodcut",
    "火山，大海，黄昏，像素画",
    "a purple fish under the sea",
    "a windmill in a field on a sunny day",
    "夜晚的城市，月亮",
    "a rocket in space",
    "夜晚大海上的月亮，油画",
    "a white rabbit in a meadow, soft pastel",
    "雨中的红伞，城市",
    "an elephant in a field at dawn",
    "清晨的湖，水墨",
    "a whale under water, blue and white porcelain",
    "森林里的帐篷，夜晚",
    "a yellow flower in a field, line drawing",
    "湖上的石桥，水墨",
    "a train in the mountains on a sunny day",
    "村庄里的绵羊，水彩",
    "a swan on a lake at dusk",
    "湖上的荷花，青花",
    "a dog in front of a house",
    "灯笼，夜晚的村庄",
    "a penguin by the sea in winter, pixel art",
    "梯田里的奶牛，白天",
    "a blue butterfly over a meadow",
    "竹子，水墨",
    "a giraffe in the desert at sunset, stained glass window",
    "一座亭子在湖边，秋天",
    "a person in the desert at sunset",
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
