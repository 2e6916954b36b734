"""A PNG carries its take there and back; what is no such PNG is refused."""

import io

import pytest
from PIL import Image

from pipelines.errors import UnreadableTake
from pipelines.image.png import read_png_take, write_png
from pipelines.take import Move, Take

TAKE = Take(art="painting", model="m", seed=5, params={"prompt": "月\x00<b>"}, moves=(Move(3, "guidance_scale", 2.0),))


def test_a_png_carries_its_take_and_its_pixels(tmp_path):
    picture = Image.effect_noise((40, 30), 50).convert("RGB")
    file = tmp_path / "picture.png"
    file.write_bytes(write_png(picture, TAKE))
    assert read_png_take(file) == TAKE
    assert Image.open(file).tobytes() == picture.tobytes()
    assert write_png(picture, TAKE) == file.read_bytes()


@pytest.mark.parametrize("kind", ["empty", "text", "jpeg", "plain png", "cut png"])
def test_other_files_are_refused(tmp_path, kind):
    plain = io.BytesIO()
    Image.new("RGB", (8, 8)).save(plain, format="JPEG" if kind == "jpeg" else "PNG")
    content = {"empty": b"", "text": b"hello", "cut png": plain.getvalue()[:30]}.get(kind, plain.getvalue())
    file = tmp_path / "picture.png"
    file.write_bytes(content)
    with pytest.raises(UnreadableTake):
        read_png_take(file)
