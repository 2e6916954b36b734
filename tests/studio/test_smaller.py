"""What is tried again takes less memory, and only within what the model can do."""

import pytest

from pipelines.image.params import ImageParams
from pipelines.params import narrow
from studio.tabs.smaller import shrink

SIZES = ("384", "512", "768", "1024")


@pytest.mark.parametrize(
    ("values", "less"),
    [
        ({"num_images": 4, "size": "1024"}, {"num_images": 1}),
        ({"num_images": 1, "size": "1024"}, {"size": "768"}),
        ({"num_images": 1, "size": "512"}, {"size": "384"}),
        ({"num_images": 1, "size": "384"}, {}),
    ],
)
def test_one_picture_first_and_then_the_next_smaller_size(values, less):
    knobs = narrow(ImageParams.knobs(), {"size": {"choices": SIZES}})
    assert shrink(ImageParams(prompt="a boat", **values), knobs) == less
