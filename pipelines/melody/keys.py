"""Find the key of a passage by its pitch classes (Krumhansl and Schmuckler; Krumhansl 1990, chapter 4)."""

from collections.abc import Iterable, Sequence

import numpy as np

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
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
    if not weights.any():
        return (0, "major")
    scores = {}
    for mode, profile in (("major", MAJOR), ("minor", MINOR)):
        for tonic in range(12):
            score = float(np.corrcoef(weights, np.roll(profile, tonic))[0, 1])
            if fifths is not None and tonic == (7 * fifths + (9 if mode == "minor" else 0)) % 12:
                score += SIGNATURE_BONUS
            if last_bass is not None and tonic == last_bass % 12:
                score += LAST_BASS_BONUS
            scores[tonic, mode] = score
    return max(scores, key=lambda key: scores[key])
