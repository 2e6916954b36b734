"""What stands on the easel becomes a start and a mask; a visitor's strip is their own."""

import base64
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipelines.errors import NotAPicture, NothingOnEasel, NothingToFollow, PictureGone, PictureTooLarge
from pipelines.image import ImageParams
from pipelines.pictures import read_address
from studio.contact import CAPTION_PX, CELL_PX, GAP_PX, lay_contact_sheet
from studio.starts import SHEET, Marks, paint_on, read_marks, read_upload, vary, widen
from studio.strip import MOST, Strip
from studio.tabs.live import Seat

SIZE = (64, 64)


def keep(folder, colour="red", size=SIZE):
    picture = Image.new("RGB", size, colour)
    file = folder / f"{colour}.png"
    picture.save(file)
    return str(file), picture


def drawn(colour, box=(0, 0, 31, 63), size=SIZE):
    layer = Image.new("RGBA", size)
    ImageDraw.Draw(layer).rectangle(box, fill=colour)
    file = io.BytesIO()
    layer.save(file, format="PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture
def strip(tmp_path):
    strip = Strip()
    strip.add(*keep(tmp_path, "blue"))
    return strip


def newest(strip):
    return json.loads(strip.frame())["here"]


def test_a_bare_easel_is_no_start(strip):
    assert paint_on(read_marks(""), strip, SIZE) == {"start": "", "mask": "", "control_image": ""}


def test_a_sketch_lies_over_the_start_and_what_is_drawn_as_mask_is_the_mask(strip):
    marks = Marks(start=newest(strip), mask=drawn((204, 51, 51, 128)), sketch=drawn((0, 255, 0, 255), (32, 0, 63, 63)))
    values = paint_on(marks, strip, SIZE)
    start, mask = read_address(values["start"]), read_address(values["mask"])
    assert start.getpixel((5, 5)) == (0, 0, 255)
    assert start.getpixel((50, 5)) == (0, 255, 0)
    assert (mask.getpixel((5, 5)), mask.getpixel((50, 5))) == (128, 0)


def test_a_sheet_is_white_and_fits_the_canvas(strip):
    values = paint_on(Marks(start=SHEET, sketch=drawn((0, 0, 0, 255))), strip, (96, 64))
    assert read_address(values["start"]).size == (96, 64)
    assert read_address(values["start"]).getpixel((90, 5)) == (255, 255, 255)
    assert values["mask"] == ""


def test_variations_and_more_room_begin_from_the_picture_that_is_looked_at(strip, tmp_path):
    marks = Marks(picture=strip.add(*keep(tmp_path, "red")), start=SHEET, sketch=drawn("green"))
    subtle, strong = (vary(marks, strip, SIZE, how) for how in ("subtle", "strong"))
    assert read_address(subtle["start"]).getpixel((5, 5)) == (255, 0, 0)
    assert 0 < subtle["strength"] < strong["strength"] < 1
    wide = widen(marks, strip, SIZE, "left")
    assert np.asarray(read_address(wide["mask"]))[:, 0].min() == 255
    assert np.asarray(read_address(wide["mask"]))[:, -1].max() == 0
    with pytest.raises(NothingOnEasel):
        vary(Marks(), strip, SIZE, "subtle")


def test_the_lines_to_follow_are_the_edges_of_what_is_on_the_easel_or_its_strokes(strip):
    marks = Marks(start=newest(strip), sketch=drawn("yellow", (16, 16, 47, 47)))
    edges = np.asarray(read_address(paint_on(marks, strip, SIZE, "canny")["control_image"]))
    assert edges[32, 14:19].max() == edges[32, 45:50].max() == 255
    assert edges[20:44, 20:44].max() == 0
    strokes = np.asarray(read_address(paint_on(marks, strip, SIZE, "scribble")["control_image"]))
    assert strokes[16:48, 16:48].min() == 255
    assert strokes.sum() == strokes[16:48, 16:48].sum()
    assert paint_on(marks, strip, SIZE)["control_image"] == ""
    here = replace(marks, picture=newest(strip))
    for values in (vary(here, strip, SIZE, "subtle", "canny"), widen(here, strip, SIZE, "left", "canny")):
        lines = np.asarray(read_address(values["control_image"]))
        assert lines.shape == (64, 64)
        assert lines.max() == 255


def test_a_live_canvas_finds_the_lines_anew_as_the_kind_changes(strip):
    seat = Seat(canvas=None, seed=1)
    seat.lay(strip, ImageParams(size="64", control="canny"))
    assert seat.start["control_image"] == ""
    seat.marks = Marks(start=newest(strip), sketch=drawn("yellow", (16, 16, 47, 47)))
    seen = []
    for control in ("none", "canny", "scribble", "scribble"):
        seat.lay(strip, ImageParams(size="64", control=control))
        seen.append(seat.start["control_image"])
    assert seen[0] == ""
    assert len(set(seen)) == 3


@pytest.mark.parametrize("control", ["canny", "scribble"])
def test_a_bare_sheet_has_no_lines_to_follow(strip, control):
    with pytest.raises(NothingToFollow):
        paint_on(Marks(start=SHEET), strip, SIZE, control)


@pytest.mark.parametrize(
    "told",
    ["{", "[]", "7", '{"start": 7}', '{"other": ""}', '{"start": null}', 7, ["x"], "x" * 2_000_000, "[" * 100_000],
)
def test_what_no_page_says_is_refused(told):
    with pytest.raises(NotAPicture):
        read_marks(told)


@pytest.mark.parametrize("mask", ["javascript:x", "/etc/passwd", "data:image/png;base64,AAAA"])
def test_a_drawing_that_is_none_is_refused(strip, mask):
    with pytest.raises(NotAPicture):
        paint_on(Marks(start=newest(strip), mask=mask), strip, SIZE)


def test_a_strip_gives_out_its_own_pictures_only_and_the_newest_few(strip, tmp_path):
    other = Strip()
    foreign = other.add(*keep(tmp_path, "red"))
    for name in (foreign, "../red", "", None, 7, ["x"], str(tmp_path / "red.png")):
        with pytest.raises(PictureGone):
            strip.open(name)
    first = newest(strip)
    for _ in range(MOST):
        strip.add(*keep(tmp_path, "red"))
    assert len(json.loads(strip.frame())["pictures"]) == MOST
    with pytest.raises(PictureGone):
        strip.find(first)


def test_an_upload_must_lie_where_uploads_do(tmp_path, monkeypatch):
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(uploads))
    outside, _ = keep(tmp_path, "red")
    inside, _ = keep(uploads, "blue", (3000, 2000))
    (uploads / "link.png").symlink_to(outside)
    for path in (outside, str(uploads / "../red.png"), str(uploads / "link.png"), None, str(uploads), ["x"]):
        with pytest.raises(NotAPicture):
            read_upload(path)
    taken = read_upload(inside)
    assert taken.width * taken.height <= 1_200_000
    assert abs(taken.width / taken.height - 1.5) < 0.01
    Image.new("1", (8_000, 8_000)).save(uploads / "huge.png")
    with pytest.raises(PictureTooLarge):
        read_upload(uploads / "huge.png")


def test_a_contact_sheet_shows_what_is_still_there(strip, tmp_path):
    for seed in (7, 8, 9):
        strip.add(keep_red(tmp_path, seed), Image.new("RGB", (64, 32)), seed)
    (tmp_path / "8.png").unlink()
    shown = strip.pictures()
    assert [caption for _, caption in shown][-2:] == ["7", "9"]
    sheet = np.asarray(lay_contact_sheet(shown[-2:]), int)
    assert sheet.shape == (CELL_PX + CAPTION_PX + 2 * GAP_PX, 2 * CELL_PX + 3 * GAP_PX, 3)
    red = (sheet == (255, 0, 0)).all(-1)
    assert red.sum() == 2 * 64 * 32
    assert (sheet[GAP_PX + CELL_PX :] != 255).any()  # the seeds below


def keep_red(folder, seed):
    file = folder / f"{seed}.png"
    Image.new("RGB", (64, 32), "red").save(file)
    return str(file)
