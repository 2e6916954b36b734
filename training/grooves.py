"""Drum grooves as they were played (Groove MIDI Dataset; Gillick et al. 2019): four kits' worth of strokes in bars."""

import re
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pipelines.melody.score import BAR_TICKS, DRUMS, HIT_TICKS, KIT, TICKS_PER_QUARTER
from training.pieces import Piece, RawNote

NAME = re.compile(r"(?P<style>.+)_(?P<tempo>\d+)_beat_(?P<above>\d+)-(?P<below>\d+)\.mid")
ALIKE = {  # strokes of the recorded kit, by the drum of ours that stands for them
    36: (35, 36),
    38: (37, 38, 39, 40),
    42: (22, 42, 44),
    46: (26, 46),
    43: (41, 43, 58),
    47: (45, 47),
    50: (48, 50),
    51: (51, 53, 59),
    49: (49, 52, 55, 57),
}
DRUM = {stroke: drum for drum, strokes in ALIKE.items() for stroke in strokes}
GRID = (0, 6, 8, 12, 16, 18, 24)  # sixteenths and swung eighths: players hurry and drag between them
QUIET = 20  # a ghost note softer than this is left out
assert ALIKE.keys() == KIT.keys()


def read_grooves(path: Path) -> Iterator[Piece]:
    """Yield the beats that are played in a metre of ours; fills are left out."""
    from symusic import Score

    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            told = NAME.fullmatch(PurePosixPath(member.name).name)
            metre = f"{told['above']}/{told['below']}" if told else ""
            file = archive.extractfile(member) if told and metre in BAR_TICKS else None
            if told and file:
                score = Score.from_midi(file.read())
                played = [note for track in score.tracks for note in track.notes if note.velocity >= QUIET]
                scale = TICKS_PER_QUARTER / score.tpq
                strokes = sorted({(set_on_grid(n.time * scale), DRUM[n.pitch]) for n in played if n.pitch in DRUM})
                notes: list[RawNote] = [(time, HIT_TICKS, drum) for time, drum in strokes]
                if notes:
                    bars = notes[-1][0] // BAR_TICKS[metre]
                    yield Piece(
                        name=f"groove:{member.name}", style="drums", voices={DRUMS: notes}, runs=[(0, bars, metre)],
                        end_run=-1, tempo=float(told["tempo"]), key=(0, "major"),
                    )  # fmt: skip


def set_on_grid(ticks: float) -> int:
    """Return the nearest time at which a stroke is written."""
    quarter, rest = divmod(ticks, TICKS_PER_QUARTER)
    return int(quarter) * TICKS_PER_QUARTER + min(GRID, key=lambda place: abs(place - rest))
