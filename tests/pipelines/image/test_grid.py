"""A grid varies two things and nothing else; what an artist writes as values is understood or refused."""

from dataclasses import replace

import pytest

from pipelines.errors import GridTooLarge, NotAChoice, NotANumber, NoValues, OutOfRange, WordsNotThere
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.grid import MOST_CELLS, Axis, Grid, read_axis

KNOBS = ImageParams.knobs()
BASE = ImageParams(prompt="a red boat", num_inference_steps=2, size="32", num_images=3)


@pytest.mark.parametrize(
    ("name", "told", "values"),
    [
        ("num_inference_steps", "2, 4, 8", (2, 4, 8)),
        ("num_inference_steps", "2，4、8,4", (2, 4, 8)),
        ("num_inference_steps", "1-4", (1, 2, 3, 4)),
        ("num_inference_steps", "1-9 (+4), 20", (1, 5, 9, 20)),
        ("guidance_scale", "2-5 [3]", (2.0, 3.5, 5.0)),
        ("guidance_scale", "0.5 - 1.5 (0.5)", (0.5, 1.0, 1.5)),
        ("seed", "7, 4294967295", (7, 4294967295)),
        ("style", "oil, 水彩, Pixel Art", ("oil", "watercolour", "pixel")),
        ("words", "red, blue, red", ("red", "blue")),
        ("none", "whatever", ("",)),
    ],
)
def test_values_are_read_as_they_are_written(name, told, values):
    called = {"水彩": "watercolour", "pixel art": "pixel"}
    assert read_axis(name, told, KNOBS, called).values == values


@pytest.mark.parametrize(
    ("name", "told", "error"),
    [
        ("guidance_scale", " , ", NoValues),
        ("guidance_scale", "high", NotANumber),
        ("guidance_scale", "nan", NotANumber),
        ("guidance_scale", "2, 900", OutOfRange),
        ("num_inference_steps", "2.5", NotANumber),
        ("num_inference_steps", "1-100", GridTooLarge),
        ("guidance_scale", "1-2 (0.0001)", GridTooLarge),
        ("guidance_scale", "1-2 (0)", None),
        ("style", "oil, fog", NotAChoice),
        ("seed", "-3", OutOfRange),
    ],
)
def test_values_that_make_no_sense_are_refused(name, told, error):
    if error is None:
        assert read_axis(name, told, KNOBS, {}).values == (1.0,)
        return
    with pytest.raises(error):
        read_axis(name, told, KNOBS, {})


def test_each_cell_is_the_picture_of_its_settings_alone():
    pipeline = ImagePipeline.tiny()
    grid = Grid(pipeline, Axis("guidance_scale", (1.0, 6.0)), Axis("words", ("red", "blue", "white")))
    steps = list(grid.generate(lambda: BASE, 3))
    assert len(steps) == 2 * 3 * 2
    cells = steps[-1].whole
    assert [(cell.params.prompt.split()[1], cell.params.guidance_scale) for cell in cells] == [
        (word, guidance) for word in ("red", "blue", "white") for guidance in (1.0, 6.0)
    ]
    for cell in cells:
        params = replace(BASE, num_images=1, guidance_scale=cell.params.guidance_scale, prompt=cell.params.prompt)
        *_, alone = pipeline.generate(lambda params=params: params, 3)
        assert alone.pictures[0].tobytes() == cell.step.pictures[0].tobytes()
    assert len({cell.step.pictures[0].tobytes() for cell in cells}) == 6
    assert len(steps[2].whole) == 1
    assert len(steps[2].cells) == 2


def test_seeds_vary_too_and_what_moves_meanwhile_changes_nothing():
    reads = iter([BASE] + [replace(BASE, prompt="moved")] * 100)
    *_, last = Grid(ImagePipeline.tiny(), Axis("seed", (1, 2)), Axis()).generate(lambda: next(reads), 9)
    assert [cell.seed for cell in last.whole] == [1, 2]
    assert {cell.params.prompt for cell in last.whole} == {BASE.prompt}


def test_a_grid_has_its_limit_and_words_must_be_there():
    with pytest.raises(GridTooLarge):
        Grid(ImagePipeline.tiny(), Axis("seed", tuple(range(7))), Axis("seed", tuple(range(MOST_CELLS // 6))))
    absent = Grid(ImagePipeline.tiny(), Axis("words", ("green", "blue")), Axis())
    with pytest.raises(WordsNotThere):
        next(absent.generate(lambda: BASE, 1))
