"""Notes from elsewhere set for the composer: on its grid, in its voices' ranges, one tone at a time where asked."""

import bisect
from collections.abc import Iterator, Sequence

from pipelines.melody.score import BASS, TICKS_PER_QUARTER, Tone
from pipelines.melody.vocabulary import GRID, LENGTHS, RANGES


def set_voice(notes: Sequence[Sequence[float]], voice: int, chordal: bool, start: int, end: int) -> Iterator[Tone]:
    """Yield a voice's tones from `(onset, length, pitch)` notes, their times counted from `start`.

    Where the voice may sound one tone at a time, the outer one stays and overlaps are cut.
    """
    starts: dict[int, list[Sequence[float]]] = {}
    for note in notes:
        starts.setdefault(snap(note[0] - start), []).append(note)
    times = sorted(time for time in starts if time < end - start)
    for time, after in zip(times, [*times[1:], end - start], strict=False):
        room = end - start - time if chordal else after - time
        if room < LENGTHS[0]:
            continue
        chosen = starts[time]
        if not chordal:
            chosen = [(min if voice == BASS else max)(chosen, key=lambda note: note[2])]
        for _, length, pitch in chosen:
            yield Tone(time, voice, int(pitch), _round_length(length, room))


def snap(ticks: float) -> int:
    """Return the nearest time on the grid."""
    quarter, rest = divmod(ticks, TICKS_PER_QUARTER)
    nearest = min((*GRID, TICKS_PER_QUARTER), key=lambda place: abs(place - rest))
    return int(quarter) * TICKS_PER_QUARTER + nearest


def fold(pitch: int, voice: int) -> int:
    """Return a pitch by as many octaves higher or lower as brings it into a voice's range."""
    low, high = RANGES[voice]
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def _round_length(ticks: float, room: int) -> int:
    nearest = min(LENGTHS, key=lambda length: abs(length - ticks))
    return nearest if nearest <= room else LENGTHS[bisect.bisect_right(LENGTHS, room) - 1]
