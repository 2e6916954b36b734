"""Between two prompts and between two seeds: the words and the noise that lie on the way."""

from torch import Tensor

from pipelines.image.canvas import draw_noise


def walk_noise(shape: tuple[int, ...], seed: int, count: int, walk: float) -> Tensor:
    """Return `(count, *shape)` noise on the way from one seed to the next: at 2.5, between the second and the third.

    A whole number is that seed's own noise, to the bit.
    """
    whole, share = int(walk), walk - int(walk)
    here = draw_noise(shape, seed + whole, count)
    return slerp(here, draw_noise(shape, seed + whole + 1, count), share) if share else here


def slerp(one: Tensor, other: Tensor, share: float) -> Tensor:
    """Go from one noise to another along the sphere on which both lie, so that it stays noise; batch first."""
    flat, flat_other = one.flatten(1), other.flatten(1)
    cosine = (flat * flat_other).sum(1) / (flat.norm(dim=1) * flat_other.norm(dim=1))
    angle = cosine.clamp(-0.9999, 0.9999).acos().view(-1, *[1] * (one.ndim - 1))
    near, far = ((1 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin()
    between: Tensor = near * one + far * other
    return between
