"""Ten thousand damaged files of every kind that visitors bring: each is read, or refused in a sentence, in a second."""

import io
import os
import random
import time
import warnings
import zipfile

import pytest
from PIL import Image

from pipelines.errors import PipelineError
from pipelines.image import ImageParams
from pipelines.image.foreign import read_recipe
from pipelines.image.png import read_png_take, write_png
from pipelines.melody.hearing import hear
from pipelines.melody.midi import read_take, write_midi
from pipelines.melody.musicxml import write_musicxml
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.transcript import hear_musicxml
from pipelines.params import build
from pipelines.pictures import read_picture
from pipelines.take import Take, Tape

FILES = int(os.environ.get("TRIPTYCH_FILES", "10000"))
NOISE = [
    b"\xff",
    b"\x00",
    b"\xff\xff\xff\x7f",
    b"<",
    b"&x;",
    b"\x89PNG",
    b"MTrk",
    b"999999999",
    b"\x80" * 8,
    b"{",
    b'"',
]


def compose():
    params = build(MelodyParams, {"bars": 4, "style": "song"})
    tape = Tape(lambda: params)
    *_, last = MelodyPipeline.tiny().generate(tape, 3)
    return last.score, tape.take(art="music", model="tiny", seed=3)


def zip_up(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "META-INF/container.xml", '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
        )
        archive.writestr("a.xml", content)
    return out.getvalue()


def paint(kind):
    out = io.BytesIO()
    Image.effect_noise((24, 24), 60).convert("RGB").save(out, kind)
    return out.getvalue()


def list_kinds(folder):
    """Return, for each kind of file, a whole one and what reads it."""
    score, take = compose()
    tape = Tape(lambda: ImageParams(prompt="a boat"))
    tape()
    picture = write_png(Image.new("RGB", (16, 16)), tape.take(art="painting", model="tiny", seed=1))
    file = folder / "file.png"

    def from_disk(read):
        def reader(data):
            file.write_bytes(data)
            return read(file)

        return reader

    xml = write_musicxml(score)
    return {
        "midi": (write_midi(score, take), hear),
        "midi take": (write_midi(score, take), read_take),
        "musicxml": (xml, hear_musicxml),
        "mxl": (zip_up(xml), hear_musicxml),
        "png take": (picture, from_disk(read_png_take)),
        "recipe": (picture, from_disk(read_recipe)),
        "png": (paint("PNG"), read_picture),
        "jpeg": (paint("JPEG"), read_picture),
        "webp": (paint("WEBP"), read_picture),
        "json": (take.to_json().encode(), lambda data: Take.from_json(data.decode("utf-8", "replace"))),
    }


def damage(data, dice):
    """Return a file with some bytes changed, cut, doubled or put in."""
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        place = dice.randrange(len(data) + 1)
        match dice.randrange(5):
            case 0:
                data = data[:place]
            case 1:
                data = data[:place] + dice.choice(NOISE) + data[place:]
            case 2:
                data = data[:place] + dice.randbytes(dice.randrange(1, 5)) + data[place + 2 :]
            case 3:
                data = data[:place] + data[place // 2 :]
            case _:
                end = min(len(data), place + dice.randrange(200))
                data = data[:place] + data[end:]
        data = data or b"\x00"
    return data


@pytest.mark.parametrize(
    "kind", ["midi", "midi take", "musicxml", "mxl", "png take", "recipe", "png", "jpeg", "webp", "json"]
)
def test_damaged_files_are_read_or_refused(kind, tmp_path):
    whole, read = list_kinds(tmp_path)[kind]
    dice, refused, slowest = random.Random(kind), 0, 0.0
    if kind != "recipe":
        read(whole)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, on what it reads anyway
        for _ in range(FILES // 10):
            begun = time.process_time()
            try:
                read(damage(whole, dice))
            except PipelineError:
                refused += 1
            slowest = max(slowest, time.process_time() - begun)
    assert refused > FILES // 100
    assert slowest < 1
