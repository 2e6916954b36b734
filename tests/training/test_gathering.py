"""Palettes are learned from whole paintings, each once."""

import io
import json
import lzma
import zipfile

from PIL import Image

from training.palettes import COLOURS, gather, open_paintings


def draw(colour):
    file = io.BytesIO()
    Image.new("RGB", (40, 60), colour).save(file, "WEBP", lossless=True)
    return file.getvalue()


def test_of_a_painting_the_whole_one_is_opened_once(tmp_path):
    shown = {
        "a_crop": ("A", "crop", "Ann", "red"), "a_whole": ("A", "whole painting", "Ann", "blue"),
        "b_crop": ("B", "crop", "Ann", "lime"), "c_whole": ("C", "whole painting", "Bob", "white"),
    }  # fmt: skip
    with (
        zipfile.ZipFile(tmp_path / "paintings.zip", "w") as store,
        lzma.open(tmp_path / "paintings.jsonl.xz", "wt", encoding="utf-8") as lines,
    ):
        for name, (title, view, artist, colour) in shown.items():
            store.writestr(f"paintings/{name}.webp", draw(colour))
            row = {"file": f"paintings/{name}.webp", "source": "s", "title": title, "view": view, "artist": artist}
            lines.write(json.dumps(row) + "\n")
    found = [picture.getpixel((9, 9)) for picture in open_paintings(tmp_path, ("Ann",))]
    assert sorted(found) == [(0, 0, 255), (0, 255, 0)]


def test_colours_are_gathered_with_their_shares():
    picture = Image.new("RGB", (400, 400), "navy")
    picture.paste("gold", (0, 0, 400, 100))
    colours, shares = gather([picture], 0)
    assert len(colours) == len(shares) == COLOURS
    gold = sum(share for colour, share in zip(colours, shares, strict=True) if colour[0] > 200)
    assert 0.18 < gold / sum(shares) < 0.26
