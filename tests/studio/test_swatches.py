"""The swatches show what can be chosen: each style that is a hand of ours and each palette, in one row."""

import json

import numpy as np
from PIL import Image

from pipelines.image import ImageParams
from pipelines.image.hands import HANDS
from studio.swatches import FOLDER
from training.swatches import SIDE_PX

ORDER = json.loads((FOLDER / "swatches.json").read_text())


def test_every_swatch_can_be_chosen_and_none_is_missing():
    knobs = ImageParams.knobs()
    assert ORDER["style"] == ["none", *HANDS]
    assert set(HANDS) < set(knobs["style"].domain.choices)
    assert ORDER["palette"] == list(knobs["palette"].domain.choices)


def test_no_two_swatches_look_alike():
    row = np.asarray(Image.open(FOLDER / "swatches.webp").convert("RGB"), dtype=int)
    assert row.shape == (SIDE_PX, SIDE_PX * sum(map(len, ORDER.values())), 3)
    squares = row.reshape(SIDE_PX, -1, SIDE_PX, 3).swapaxes(0, 1)
    apart = np.abs(squares[:, None] - squares[None]).mean((2, 3, 4))
    same = len(ORDER["style"])  # both rows begin with the plain picture
    apart[0, same] = apart[same, 0] = 255
    assert np.min(apart + 255 * np.eye(len(apart))) > 1
