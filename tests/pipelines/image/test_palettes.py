"""Palettes: a picture takes on the colours of paintings, as much as it is told to."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app import SHIPPED
from pipelines.image import ImagePipeline
from pipelines.image.infotext import read_infotext, write_infotext
from pipelines.image.palettes import NONE, lend_colours, read_palettes, to_oklab, to_srgb
from pipelines.image.params import ImageParams
from pipelines.take import Take
from tests.pipelines.image.test_pipeline import CPU, changing, data, paint

DICE = np.random.default_rng(3)


def draw_sky():
    """A smooth sky over a green field with a red spot."""
    rows, columns = np.mgrid[0:128, 0:128] / 127
    sky = np.stack((90 + 120 * rows, 150 + 70 * rows, 235 - 10 * rows), -1)
    sky[rows > 0.6] = (70, 150, 60)
    sky[(rows - 0.7) ** 2 + (columns - 0.5) ** 2 < 0.01] = (220, 40, 30)
    return Image.fromarray(sky.astype(np.uint8))


def mean(picture):
    return to_oklab(np.asarray(picture)).reshape(-1, 3).mean(0)


def test_oklab_there_and_back():
    pixels = DICE.integers(0, 256, (500, 3), dtype=np.uint8)
    assert np.abs(to_srgb(to_oklab(pixels)).astype(int) - pixels).max() <= 1
    np.testing.assert_allclose(to_oklab(np.array([[255, 255, 255]], np.uint8)), [[1, 0, 0]], atol=1e-3)
    red = to_oklab(np.array([[255, 0, 0]], np.uint8))[0]  # as Ottosson gives it
    np.testing.assert_allclose(red, [0.628, 0.225, 0.126], atol=2e-3)


@pytest.mark.parametrize("palette", list(read_palettes()))
def test_a_picture_comes_near_to_the_paintings(palette):
    picture = draw_sky()
    colours, shares = read_palettes()[palette]
    theirs = shares @ colours
    before, after = (np.linalg.norm(mean(one) - theirs) for one in (picture, lend_colours(picture, palette, 1.0)))
    assert after < 0.5 * before
    half = np.linalg.norm(mean(lend_colours(picture, palette, 0.5)) - theirs)
    assert after < half < before
    assert lend_colours(picture, palette, 1.0).tobytes() == lend_colours(picture, palette, 1.0).tobytes()


def test_nothing_is_changed_where_nothing_is_asked():
    picture = draw_sky()
    assert lend_colours(picture, NONE, 1.0) is picture
    assert lend_colours(picture, "monet", 0.0) is picture


def test_a_smooth_sky_stays_smooth():
    picture = draw_sky()
    for palette in read_palettes():
        sky = np.asarray(lend_colours(picture, palette, 1.0), dtype=int)[:70, 10]
        assert np.abs(np.diff(sky, axis=0)).max() < 16, palette


def test_one_colour_and_one_pixel_are_no_trouble():
    for size in ((1, 1), (3, 200)):
        for colour in ("black", "white", "red"):
            assert lend_colours(Image.new("RGB", size, colour), "monet", 1.0).size == size


def test_a_palette_is_put_on_while_the_picture_is_made():
    painter = ImagePipeline.load(SHIPPED["painting"], CPU)
    plain = ImageParams(prompt="a boat on the sea", num_inference_steps=5)
    dark = replace(plain, palette="rembrandt", palette_strength=1.0)
    own, theirs = paint(painter, plain)[-1], paint(painter, dark)[-1]
    for pictures, others in ((own.pictures, theirs.pictures), (own.previews, theirs.previews)):
        assert mean(others[0])[0] < mean(pictures[0])[0] - 0.1
    late = paint(painter, changing(plain, plain, plain, dark))[-1]
    assert data(late.pictures) == data(theirs.pictures)


def test_palettes_travel_in_the_parameters():
    chosen = {"prompt": "a boat", "palette": "monet", "palette_strength": 0.4}
    take = Take(art="painting", model="m", seed=1, params=chosen)
    told = write_infotext(take, 0, (256, 256), "Euler", "")
    assert "Palette: monet, Palette strength: 0.4" in told
    values = read_infotext(told).values
    assert (values["palette"], values["palette_strength"]) == ("monet", 0.4)
    assert "Palette" not in write_infotext(replace(take, params={"prompt": "a boat"}), 0, (256, 256), "Euler", "")
