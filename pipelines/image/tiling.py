"""Pictures that repeat without a seam: at an edge a convolution sees what lies at the opposite one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from torch import Tensor, nn
from torch.nn import functional as F

WAYS = {"none": (False, False), "across": (True, False), "down": (False, True), "both": (True, True)}
_way: ContextVar[str] = ContextVar("tiling", default="none")  # of the work that this thread makes: weights are shared


class Wrapping(nn.Conv2d):
    """A convolution whose padding is the other side of the picture, where the work in hand asks for it."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        across, down = WAYS[_way.get()]
        if not (across or down) or isinstance(self.padding, str):
            plain: Tensor = super()._conv_forward(input, weight, bias)
            return plain
        high, wide = self.padding
        for sides, wraps in (((wide, wide, 0, 0), across), ((0, 0, high, high), down)):
            input = F.pad(input, sides, mode="circular" if wraps else "constant")
        return F.conv2d(input, weight, bias, self.stride, 0, self.dilation, self.groups)


def let_wrap(*networks: nn.Module) -> None:
    """Make every convolution of these networks one that can wrap; weights and their names stay."""
    for network in networks:
        for part in network.modules():
            if type(part) is nn.Conv2d:
                part.__class__ = Wrapping


@contextmanager
def wrapping(way: str) -> Iterator[None]:
    """Let the convolutions of this thread wrap in one of the WAYS."""
    before = _way.set(way)
    try:
        yield
    finally:
        _way.reset(before)
