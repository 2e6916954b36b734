"""One step of a picture: a glimpse of where it stands, and the means to finish it from there."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from pipelines.image.params import ImageParams

Pictures = tuple[Image.Image, ...]


@dataclass(frozen=True, kw_only=True)
class ImageStep:
    """Step `index` of `total` (from 0): small `previews`, and on the last step the finished `pictures`.

    Picture i was started from the seed plus i. `finish` decodes the work as it stands into full pictures.
    """

    index: int
    total: int
    params: ImageParams
    previews: Pictures
    pictures: Pictures
    decode: Callable[[], Pictures]

    @property
    def done(self) -> bool:
        """Tell whether this is the last step."""
        return self.index + 1 >= self.total

    def finish(self) -> Pictures:
        """Return the full pictures: the finished ones, or the work as it stands at this step."""
        return self.pictures or self.decode()
