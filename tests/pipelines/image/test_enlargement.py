"""An enlarged picture has its size, keeps its flat colours, its recipe, and says what enlarged it."""

import numpy as np
import pytest
from PIL import Image

from pipelines.image.enlargement import RESAMPLER, SCALES, enlarge
from pipelines.image.png import read_png_take, write_enlarged, write_png
from pipelines.pictures import write_png as write_plain
from pipelines.take import Take

TAKE = Take(art="painting", model="月", seed=5, params={"prompt": "a boat 月"})


@pytest.mark.parametrize("scale", SCALES)
def test_it_is_as_many_times_larger_and_the_same_seen_from_afar(scale):
    small = Image.radial_gradient("L").resize((40, 24)).convert("RGB")
    large = enlarge(small, scale)
    assert large.size == (40 * scale, 24 * scale)
    again = large.resize(small.size, Image.Resampling.BOX)
    assert np.abs(np.asarray(again, int) - np.asarray(small, int)).max() <= 6


def test_its_file_carries_the_small_ones_recipe_and_what_enlarged_it(tmp_path):
    small = Image.effect_noise((16, 8), 50).convert("RGB")
    source, file = tmp_path / "small.png", tmp_path / "large.png"
    source.write_bytes(write_png(small, TAKE))
    file.write_bytes(write_enlarged(source, enlarge(small, 2), 2, RESAMPLER))
    assert read_png_take(file) == TAKE
    with Image.open(source) as before, Image.open(file) as after:
        assert after.size == (32, 16)
        assert after.info["parameters"] == before.info["parameters"]
        assert after.info["postprocessing"] == "Postprocess upscale by: 2, Postprocess upscaler: Lanczos"


def test_an_upload_without_a_recipe_is_enlarged_too(tmp_path):
    small = Image.new("RGB", (8, 8), "red")
    source, file = tmp_path / "small.png", tmp_path / "large.png"
    source.write_bytes(write_plain(small))
    file.write_bytes(write_enlarged(source, enlarge(small, 4), 4, RESAMPLER))
    with Image.open(file) as after:
        assert (after.size, set(after.info)) == ((32, 32), {"postprocessing"})
