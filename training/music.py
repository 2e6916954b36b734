"""Read ../shared/data/music as sketches: whole tunes and cuts of whole bars, written from their tonic."""

import hashlib
import json
import lzma
import re
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.melody.grammar import decode
from pipelines.melody.keys import find_key
from pipelines.melody.score import BAR_TICKS, BASS, DRUMS, MELODY, SECOND, STYLES, THIRD, Harmony, Header, Sketch
from pipelines.melody.vocabulary import encode, name_tempo
from pipelines.melody.voicing import fold, set_voice, snap
from training.grooves import read_grooves
from training.pieces import Piece, RawNote
from training.tunes import read_collection

SONG_PARTS = {"Piano/1": SECOND, "Piano/2": BASS, "Pianoforte/1": SECOND, "Pianoforte/2": BASS}
QUARTET_PARTS = {"Violin 1": MELODY, "Violin 2": SECOND, "Viola": THIRD, "Violoncello": BASS}
ROOTS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
QUALITIES = (
    (r"(maj7|maj9)", "maj7"), (r"m7b5|dim|o|half-dim", "dim"), (r"aug|\+", "aug"), (r"sus", "sus"),
    (r"m(6|in)?$|m69|m\(maj7\)|minor$", "min"), (r"m[0-9]", "m7"), (r"7|9|11|13|dominant", "7"), (r"", "maj"),
)  # fmt: skip


def read_pieces(folder: Path) -> Iterator[Piece]:
    """Yield every piece of the six sets in a fixed order."""
    yield from _read_dances(folder / "irish_scottish_pd.tar.xz")
    for row in _read_rows(folder / "jsb_chorales.jsonl.xz"):
        yield _read_chorale(row)
    yield from read_grooves(folder / "groove_drums.tar.xz")
    for name, style in (("openewld_pd", "lead"), ("openscore_lieder", "song"), ("openscore_quartets", "quartet")):
        for row in _read_rows(folder / f"{name}.jsonl.xz"):
            piece = _read_events(row, style)
            if piece:
                yield piece


def cut(piece: Piece, longest: int, bars_wanted: Sequence[int]) -> Iterator[list[int]]:
    """Yield encoded cuts of at most `longest` words; how long a cut is meant to be goes round `bars_wanted`.

    A cut that the grammar refuses (an empty bar, for the most part) is left out.
    """
    turn = hashlib.sha256(piece.name.encode()).digest()[1]
    for number, (first, bars, metre) in enumerate(piece.runs):
        done = 0
        while done < bars:
            wanted = min(bars_wanted[turn % len(bars_wanted)], bars - done)
            turn += 1
            if bars - done - wanted < 4:
                wanted = bars - done
            tokens: list[int] = []
            while wanted:
                ends = (number == 0 and done == 0, number == piece.end_run and done + wanted == bars)
                tokens = _encode_cut(piece, metre, first + done * BAR_TICKS[metre], wanted, ends)
                if len(tokens) <= longest:
                    break
                wanted = wanted - 1 if wanted < 6 else wanted * longest // len(tokens)
            if wanted > 8 and not _is_valid(tokens):
                wanted, ends = 8, (ends[0], False)
                tokens = _encode_cut(piece, metre, first + done * BAR_TICKS[metre], wanted, ends)
            if wanted >= 3 and _is_valid(tokens):
                yield tokens
            done += max(1, wanted)


def _is_valid(tokens: Sequence[int]) -> bool:
    try:
        return len(decode(tokens).tones) > 3
    except ValueError:
        return False


def _encode_cut(piece: Piece, metre: str, start: int, bars: int, ends: tuple[bool, bool]) -> list[int]:
    end = start + bars * BAR_TICKS[metre]
    voices = {v: [n for n in notes if start <= n[0] < end] for v, notes in piece.voices.items()}
    tonic, mode = piece.key or find_key((n for notes in voices.values() for n in notes), piece.fifths)
    shift = -tonic if tonic <= 6 else 12 - tonic
    tones = [
        tone
        for voice, notes in voices.items()
        for tone in set_voice(notes, voice, voice in STYLES[piece.style].chordal, start, end)
    ]
    tones = [t if t.voice == DRUMS else replace(t, pitch=fold(t.pitch + shift, t.voice)) for t in tones]
    unique = {(t.start_ticks, t.voice, t.pitch): t for t in tones}
    harmonies = _set_harmonies(piece.chords, start, end, tonic)
    header = Header(
        style=piece.style, mode=mode, metre=metre, tempo=name_tempo(piece.tempo), opens=ends[0], closes=ends[1]
    )
    return encode(Sketch(header, bars, tuple(unique.values()), tuple(harmonies)))


def _set_harmonies(chords: Sequence[tuple[int, str]], start: int, end: int, tonic: int) -> Iterator[Harmony]:
    seen = set()
    for time, name in chords:
        parsed = read_chord(name)
        snapped = snap(time - start)
        if parsed and start <= time < end and snapped < end - start and snapped not in seen:
            seen.add(snapped)
            yield Harmony(snapped, (parsed[0] - tonic) % 12, parsed[1])


def read_chord(name: str) -> tuple[int, str] | None:
    """Return a chord symbol's root and its nearest quality of ours; the bass after a slash is left out."""
    match = re.match(r"([A-G])([#b]?)([^/]*)", name)
    if not match:
        return None
    root = ROOTS[match[1]] + {"#": 1, "b": -1, "": 0}[match[2]]
    return root % 12, next(quality for pattern, quality in QUALITIES if re.match(pattern, match[3]))


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _read_dances(path: Path) -> Iterator[Piece]:
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            file = archive.extractfile(member) if member.name.endswith(".abc") else None
            text = file.read().decode("utf-8", "replace") if file else ""
            for tune in read_collection(text):
                if tune.metre in BAR_TICKS and tune.notes:
                    yield Piece(
                        name=f"{member.name}:{tune.number}",
                        style="dance",
                        voices={MELODY: list(tune.notes)},
                        runs=[(0, tune.bars, tune.metre)],
                        end_run=0,
                        tempo=tune.tempo,
                        key=(tune.tonic, tune.mode),
                    )


def _read_chorale(row: dict[str, Any]) -> Piece:
    """Read a grid of sixteenths without bar lines: find the metre and the upbeat by where all voices move."""
    grid = row["grid"]
    metre, upbeat = _find_bars(grid)
    bar = BAR_TICKS[metre] // 6
    voices: dict[int, list[RawNote]] = {}
    for voice in range(4):
        notes: list[RawNote] = []
        begun = 0
        for place in range(1, len(grid) + 1):
            bar_line = (place - upbeat) % bar == 0
            if place == len(grid) or bar_line or grid[place][voice] != grid[begun][voice]:
                if grid[begun][voice] > 0:
                    notes.append(((begun - upbeat) * 6, (place - begun) * 6, grid[begun][voice]))
                begun = place
        voices[voice] = [n for n in notes if n[0] >= 0]
    bars = -(-(len(grid) - upbeat) // bar)
    key = find_key((n for notes in voices.values() for n in notes), last_bass=voices[BASS][-1][2])
    return Piece(
        name=f"chorale:{row['id']}", style="chorale", voices=voices, runs=[(0, bars, metre)], end_run=0, key=key
    )


def _find_bars(grid: Sequence[Sequence[int]]) -> tuple[str, int]:
    changes = [0, *(sum(a != b for a, b in zip(grid[p - 1], grid[p], strict=True)) for p in range(1, len(grid)))]
    last = max(p for p in range(len(grid)) if changes[p] >= 2) if any(c >= 2 for c in changes) else 0
    scores = {}
    for metre, bar in (("4/4", 16), ("3/4", 12)):
        for upbeat in range(0, bar, 4):
            lines = changes[upbeat or bar :: bar]
            ends_well = 0.5 if (last - upbeat) % bar == 0 else 0.25 if (last - upbeat) % bar == bar // 2 else 0.0
            scores[metre, upbeat] = sum(lines) / max(1, len(lines)) + ends_well - (0.3 if bar == 12 else 0)
    return max(scores, key=lambda choice: scores[choice])


def _read_events(row: dict[str, Any], style: str) -> Piece | None:
    voices = _choose_voices(row["parts"], style)
    runs, end_run = _find_runs(row)
    if not voices or not runs or not row["keys"]:
        return None
    return Piece(
        name=row["source"],
        style=style,
        voices=voices,
        runs=runs,
        end_run=end_run,
        tempo=row["tempos"][0][1] if row["tempos"] else None,
        fifths=row["keys"][0][1],
        chords=[(time, name) for time, name in row["chords"]],
    )


def _choose_voices(parts: Sequence[dict[str, Any]], style: str) -> dict[int, list[RawNote]]:
    if style == "lead":
        return {MELODY: parts[0]["notes"]}
    if style == "quartet":
        named = {QUARTET_PARTS[p["name"]]: p["notes"] for p in parts if p["name"] in QUARTET_PARTS}
        return named if len(named) == 4 else {}
    piano = {SONG_PARTS[name]: p["notes"] for p in parts if (name := p["name"].split("\n")[-1]) in SONG_PARTS}
    singers = [p["notes"] for p in parts if "/" not in p["name"]]
    return piano | {MELODY: singers[0]} if len(piano) == 2 and len(singers) == 1 else {}


def _find_runs(row: dict[str, Any]) -> tuple[list[tuple[int, int, str]], int]:
    """Return the stretches of whole bars in one metre, and which of them ends the piece (-1 for none).

    Short bars join what follows up to a whole one (a repeat often splits a bar); a short last bar counts as whole.
    """
    starts = sorted(row["bars"])
    runs: list[tuple[int, int, str]] = []
    metres = iter([*row["meters"], [10**9, ""]])
    metre, following = "", next(metres)
    first, count, filled, in_metre = 0, 0, 0, ""
    for number, start in enumerate(starts):
        while following[0] <= start:
            metre, following = following[1], next(metres)
        whole = BAR_TICKS.get(metre, 0)
        is_last = number + 1 == len(starts)
        length = whole - filled if is_last else starts[number + 1] - start
        if in_metre and (in_metre != metre or filled + length > whole):
            runs += [(first, count, in_metre)] if count else []
            in_metre = ""
        if not in_metre:
            if not whole or length != whole:
                continue
            first, count, filled, in_metre = start, 0, 0, metre
        filled += length
        if filled == whole:
            count, filled = count + 1, 0
    if in_metre and count:
        runs.append((first, count, in_metre))
        return runs, len(runs) - 1
    return runs, -1


def encode_set(pieces: Iterable[Piece], longest: int, bars_wanted: Sequence[int]) -> Iterator[tuple[Piece, list[int]]]:
    """Yield every cut of every piece with the piece it comes from.

    Dances, chorales and lead sheets stay whole where they can; a dance's parts come once more by themselves.
    """
    for piece in pieces:
        whole = piece.style in ("dance", "chorale", "lead")
        for tokens in cut(piece, longest, [64] if whole else bars_wanted):
            yield piece, tokens
        if piece.style == "dance" and not piece.held_out and piece.runs[0][1] > 8:
            for tokens in cut(piece, longest, [8]):
                yield piece, tokens
