"""Edges lie where a picture changes, one pixel thin, and go on where they grow faint."""

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from pipelines.image.edges import find_edges, trace


def edges(picture):
    return np.asarray(find_edges(picture)) > 0


def draw(draw_on, size=(128, 128), ground="white"):
    picture = Image.new("RGB", size, ground)
    draw_on(ImageDraw.Draw(picture))
    return picture


def test_the_edge_of_a_disc_lies_on_its_circle_and_is_thin():
    found = edges(draw(lambda pen: pen.ellipse((24, 24, 104, 104), fill="navy")))
    rows, columns = np.nonzero(found)
    radius = np.hypot(rows - 64, columns - 64)
    assert np.abs(radius - 40).max() < 2
    assert 2 * np.pi * 40 * 0.8 < len(rows) < 2 * np.pi * 40 * 1.3
    angles = np.unique((np.degrees(np.arctan2(rows - 64, columns - 64)) // 5).astype(int) % 72)
    assert len(angles) == 72


@pytest.mark.parametrize("box", [(64, 0, 127, 127), (0, 64, 127, 127)])
def test_a_straight_edge_is_one_line_of_one_pixel(box):
    found = edges(draw(lambda pen: pen.rectangle(box, fill="black")))
    across = found if box[0] else found.T
    assert (across.sum(1) == 1).all()
    assert set(np.nonzero(across)[1]) <= {63, 64}


def test_flat_paper_and_faint_grain_have_no_edges():
    assert not edges(Image.new("RGB", (64, 48), "white")).any()
    grain = np.random.default_rng(0).integers(118, 122, (64, 64), dtype=np.uint8)
    assert not edges(Image.fromarray(grain)).any()


def test_a_faint_edge_counts_where_it_hangs_on_a_strong_one():
    levels = np.full((64, 128), 128, dtype=np.uint8)
    levels[32:] = np.linspace(228, 136, 128).astype(np.uint8)
    joined = edges(Image.fromarray(levels))
    assert joined[30:34].any(0)[4:124].all()
    levels[32:, :100] = 128
    levels[32:, 100:] = 136
    assert not edges(Image.fromarray(levels)).any()


def test_a_soft_picture_has_edges_too():
    picture = draw(lambda pen: pen.ellipse((24, 24, 104, 104), fill="grey")).filter(ImageFilter.GaussianBlur(4))
    rows, columns = np.nonzero(edges(picture))
    assert len(rows) > 100
    assert np.abs(np.hypot(rows - 64, columns - 64) - 40).max() < 6


def test_strokes_are_followed_as_they_were_drawn_and_a_picture_by_bold_edges():
    layer = Image.new("RGBA", (64, 64))
    ImageDraw.Draw(layer).line((8, 8, 50, 50), fill=(200, 30, 30, 255), width=4)
    found = np.asarray(trace(Image.new("RGB", (64, 64), "white"), "scribble", layer))
    assert ((found > 0) == (np.asarray(layer)[..., 3] > 0)).all()
    disc = draw(lambda pen: pen.ellipse((24, 24, 104, 104), fill="navy"))
    bold, thin = (np.asarray(trace(disc, kind)) > 0 for kind in ("scribble", "canny"))
    assert bold[thin].all()
    assert bold.sum() > 2 * thin.sum()
    assert (np.asarray(trace(disc, "scribble", Image.new("RGBA", (128, 128)))) > 0).sum() == bold.sum()


def test_the_longest_path_takes_no_time_to_follow():
    spiral = np.zeros((512, 512), dtype=np.uint8)
    for ring in range(0, 250, 6):
        spiral[ring, ring : 512 - ring] = spiral[ring : 512 - ring, 511 - ring] = 255
        spiral[511 - ring, ring : 512 - ring] = spiral[ring + 6 : 512 - ring, ring] = 255
    began = time.perf_counter()
    assert edges(Image.fromarray(spiral)).any()
    assert time.perf_counter() - began < 5
