"""Find the key of a passage by its pitch classes (Krumhansl and Schmuckler; Krumhansl 1990, chapter 4)."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
PROFILES = np.array([np.roll(profile, tonic) for profile in (MAJOR, MINOR) for tonic in range(12)])
PROFILES -= PROFILES.mean(1, keepdims=True)
PROFILES /= np.linalg.norm(PROFILES, axis=1, keepdims=True)  # (24, 12): the major keys from C up, then the minor ones
SIGNATURE_BONUS = 0.12
LAST_BASS_BONUS = 0.2


def find_key(
    notes: Iterable[Sequence[int]], fifths: int | None = None, last_bass: int | None = None
) -> tuple[int, str]:
    """Return the tonic's pitch class and `major` or `minor` for `(onset, length, pitch)` notes.

    A key signature, in fifths, and the pitch the bass ends on lean the choice where they are known.
    """
    weights = np.zeros(12)
    for _, length, pitch in notes:
        weights[pitch % 12] += length
    scores = correlate(weights)
    if fifths is not None:
        major = 7 * fifths % 12
        scores[[major, 12 + (major + 9) % 12]] += SIGNATURE_BONUS
    if last_bass is not None:
        scores[[last_bass % 12, 12 + last_bass % 12]] += LAST_BASS_BONUS
    key = int(scores.argmax())
    return key % 12, "minor" if key >= 12 else "major"


def correlate(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how well so much of each pitch class, `(12,)`, goes with each of the PROFILES, `(24,)`: -1 to 1."""
    centred = weights - weights.mean()
    length = np.linalg.norm(centred)
    found: NDArray[np.float64] = PROFILES @ centred / (length or 1.0)
    return found
