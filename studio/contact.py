"""A contact sheet: a visitor's pictures side by side on white, each above what it is called."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

CELL_PX, GAP_PX, CAPTION_PX = 320, 16, 26


def lay_contact_sheet(pictures: Sequence[tuple[Image.Image, str]]) -> Image.Image:
    """Return pictures and their captions, a word or a number each, in rows on one sheet about as wide as high."""
    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    rows = max(1, math.ceil(len(pictures) / columns))
    across, down = CELL_PX + GAP_PX, CELL_PX + CAPTION_PX + GAP_PX
    sheet = Image.new("RGB", (columns * across + GAP_PX, rows * down + GAP_PX), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for index, (picture, caption) in enumerate(pictures):
        left, top = GAP_PX + index % columns * across, GAP_PX + index // columns * down
        shown = picture.convert("RGB")
        shown.thumbnail((CELL_PX, CELL_PX), Image.Resampling.LANCZOS)
        sheet.paste(shown, (left + (CELL_PX - shown.width) // 2, top + (CELL_PX - shown.height) // 2))
        pen.text((left + CELL_PX / 2, top + CELL_PX + CAPTION_PX / 2), caption, "#6b625a", font, anchor="mm")
    return sheet
