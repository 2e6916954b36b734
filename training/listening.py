"""Listen to a composer in numbers, beside held-out music: `python -m training.listening MODEL PIECES.npz`."""

import argparse
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import cycle, islice, pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pipelines.melody.gap import cut_sketch, write_draft
from pipelines.melody.keys import find_key
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import BAR_TICKS, DRUMS, MELODY, MODES, STYLES, Header, Sketch, Tone
from pipelines.params import build
from training.composer import load_pieces, parse

COLUMNS = {
    "in key": "share of tones in the scale of the mode",
    "tones a bar": "over all voices",
    "sounding": "share of bars in which the melody sounds",
    "again": "share of bars whose melody was heard before, tone for tone",
    "rhythms": "share of bars whose melody has the rhythm of an earlier bar",
    "leaps": "share of melody steps wider than a fifth",
    "close": "pieces whose last melody tone begins in the last bar",
    "tonic": "pieces whose lowest voice ends on the tonic",
    "exact": "pieces of the metre and the bars asked for, no tone beyond them, no voice of one tone sounding two",
    "key": "pieces in which Krumhansl and Schmuckler's finder finds the tonic (of drums there is none)",
    "classes": "overlap of the pitch classes with held-out music's (held out: its two halves)",
    "intervals": "overlap of the melody's steps with held-out music's",
    "copied": "share of runs of 12 melody tones that are in the training pieces",
}
RUN = 12
SLIDERS = ("density", "register")
CLASHES = (1, 2, 6, 10, 11)  # semitones, octaves aside
HARMONISED_BARS = 12
VALUES = tuple(round(-1 + 0.25 * step, 2) for step in range(9))


def describe(sketches: Sequence[Sketch]) -> dict[str, float]:
    """Return the first numbers of COLUMNS for some pieces; those on their end over those whose end is in them."""
    tones = [(tone, sketch.header) for sketch in sketches for tone in sketch.tones]
    bars = sum(sketch.bars for sketch in sketches)
    steps = [abs(a.pitch - b.pitch) for sketch in sketches for a, b in pairwise(_line(sketch))]
    whole = [sketch for sketch in sketches if sketch.header.closes and sketch.tones]
    ends = max(1, len(whole))
    return {
        "in key": sum(t.pitch % 12 in MODES[header.mode] for t, header in tones) / len(tones),
        "tones a bar": len(tones) / bars,
        "sounding": sum(len(_sounding_bars(sketch)) for sketch in sketches) / bars,
        "again": sum(_count_repeats(sketch, pitched=True) for sketch in sketches) / bars,
        "rhythms": sum(_count_repeats(sketch, pitched=False) for sketch in sketches) / bars,
        "leaps": sum(step > 7 for step in steps) / max(1, len(steps)),
        "close": sum(_line(s)[-1].start_ticks >= (s.bars - 1) * _bar(s) for s in whole if _line(s)) / ends,
        "tonic": sum(_ends_on_tonic(sketch) for sketch in whole) / ends,
        "exact": sum(map(is_exact, sketches)) / len(sketches),
        "key": sum(_is_in_key(sketch) for sketch in sketches) / len(sketches),
    }


def compare(sketches: Sequence[Sketch], real: Sequence[Sketch], known: Collection[tuple[int, ...]]) -> dict[str, float]:
    """Return the last numbers of COLUMNS: how like other pieces some pieces are; `known` are the training's runs."""
    runs = [run for sketch in sketches for run in list_runs(sketch)]
    return {
        "classes": _overlap(_count_classes(sketches), _count_classes(real)),
        "intervals": _overlap(_count_intervals(sketches), _count_intervals(real)),
        "copied": sum(run in known for run in runs) / max(1, len(runs)),
    }


def is_exact(sketch: Sketch) -> bool:
    """Tell whether a piece fills its bars and no more, and each voice of one tone sings one at a time."""
    end, style = sketch.bars * _bar(sketch), STYLES[sketch.header.style]
    for voice in style.voices:
        line = sorted(tone for tone in sketch.tones if tone.voice == voice)
        if any(tone.start_ticks + tone.length_ticks > end for tone in line):
            return False
        overlaps = any(one.start_ticks + one.length_ticks > other.start_ticks for one, other in pairwise(line))
        if overlaps and voice not in style.chordal:
            return False
    return True


def list_runs(sketch: Sketch) -> list[tuple[int, ...]]:
    """Return every run of RUN melody tones, as pitches above the tonic."""
    pitches = [tone.pitch for tone in _line(sketch)]
    return [tuple(pitches[start : start + RUN]) for start in range(len(pitches) - RUN + 1)]


def _is_in_key(sketch: Sketch) -> bool:
    notes = [(t.start_ticks, t.length_ticks, t.pitch) for t in sketch.tones]
    return find_key(notes, last_bass=_last_bass(sketch))[0] == 0


def _count_classes(sketches: Sequence[Sketch]) -> Counter[int]:
    return Counter(tone.pitch % 12 for sketch in sketches for tone in sketch.tones)


def _count_intervals(sketches: Sequence[Sketch]) -> Counter[int]:
    return Counter(b.pitch - a.pitch for sketch in sketches for a, b in pairwise(_line(sketch)))


def _overlap(one: Counter[int], other: Counter[int]) -> float:
    kinds = one.keys() | other.keys()
    return sum(min(one[kind] / max(1, one.total()), other[kind] / max(1, other.total())) for kind in kinds)


def follow(pipeline: MelodyPipeline, style: str, slider: str, count: int) -> float:
    """Return Spearman's correlation of a slider with what it is to move: tones a bar, or the mean pitch."""
    asked, found = [], []
    for value in VALUES:
        params = build(MelodyParams, {"style": style, "bars": 8, slider: value})
        for seed in range(count):
            *_, last = pipeline.generate(lambda params=params: params, seed)  # type: ignore[misc]
            tones = last.sketch.tones
            asked.append(value)
            found.append(len(tones) if slider == "density" else sum(t.pitch for t in tones) / len(tones))
    return float(np.corrcoef(_rank(asked), _rank(found))[0, 1])


def _rank(values: Sequence[float]) -> NDArray[np.float64]:
    """Return the rank of each value, ties sharing their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    means: NDArray[np.float64] = ends - (counts - 1) / 2
    return means[places]


def harmonise(pipeline: MelodyPipeline, chorale: Sketch, seed: int) -> Sketch:
    """Return a chorale of whose voices only the melody was kept; the others are composed anew."""
    header = chorale.header
    params = MelodyParams(
        style=header.style, mode=header.mode, time_signature=header.metre, bars=max(4, chorale.bars),
        draft=write_draft(chorale), gap_end=chorale.bars, parts="second third bass",
    )  # fmt: skip
    *_, last = pipeline.generate(lambda: params, seed)
    return last.sketch


def clash(sketches: Iterable[Sketch]) -> float:
    """Return the share of seconds, sevenths and tritones among the pairs that melody tones make with those below."""
    pairs = [
        (tone.pitch - other.pitch) % 12 in CLASHES
        for sketch in sketches
        for tone in _line(sketch)
        for other in sketch.tones
        if other.voice not in (MELODY, DRUMS)
        and other.start_ticks < tone.start_ticks + tone.length_ticks
        and tone.start_ticks < other.start_ticks + other.length_ticks
    ]
    return sum(pairs) / max(1, len(pairs))


def _bar(sketch: Sketch) -> int:
    return BAR_TICKS[sketch.header.metre]


def _line(sketch: Sketch) -> list[Tone]:
    return [tone for tone in sketch.tones if tone.voice == MELODY]


def _sounding_bars(sketch: Sketch) -> set[int]:
    return {
        bar
        for tone in _line(sketch)
        for bar in range(tone.start_ticks // _bar(sketch), -(-(tone.start_ticks + tone.length_ticks) // _bar(sketch)))
    }


def _count_repeats(sketch: Sketch, *, pitched: bool) -> int:
    bars: dict[int, list[tuple[int, int]]] = {}
    for tone in _line(sketch):
        bars.setdefault(tone.start_ticks // _bar(sketch), []).append(
            (tone.start_ticks % _bar(sketch), tone.pitch * pitched)
        )
    kinds = [tuple(bar) for bar in bars.values()]
    return len(kinds) - len(set(kinds))


def _last_bass(sketch: Sketch) -> int | None:
    """Return the pitch that the lowest voice ends on; None where it is silent."""
    lowest = max(STYLES[sketch.header.style].voices)
    voice = [tone for tone in sketch.tones if tone.voice == lowest]
    return min((tone.pitch for tone in voice if tone.start_ticks == voice[-1].start_ticks), default=None)


def _ends_on_tonic(sketch: Sketch) -> bool:
    last = _last_bass(sketch)
    return last is not None and last % 12 == 0


def compose(pipeline: MelodyPipeline, headers: Iterable[tuple[Header, int]], params: MelodyParams) -> list[Sketch]:
    """Compose one piece for each header and length of a real one, with seeds counted from 0."""
    sketches = []
    for seed, (header, bars) in enumerate(headers):
        asked = replace(
            params, style=header.style, mode=header.mode, time_signature=header.metre, bars=min(64, max(4, bars))
        )
        *_, last = pipeline.generate(lambda asked=asked: asked, seed)  # type: ignore[misc]
        sketches.append(last.sketch)
    return sketches


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each style: held-out pieces, then the composer's, asked for the same modes, metres, lengths."""
    parser = argparse.ArgumentParser(prog="python -m training.listening", description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("pieces", type=Path, help="the run folder's pieces.npz")
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=list(STYLES))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--temperature", type=float, default=MelodyParams().temperature)
    parser.add_argument("--top-p", type=float, default=MelodyParams().top_p)
    parser.add_argument("--echo", type=float, default=MelodyParams().echo)
    parser.add_argument("--sliders", type=int, default=5, help="pieces for each value of a slider; 0 leaves them out")
    parser.add_argument("--harmonise", type=int, default=0, help="so many held-out chorales are harmonised anew, too")
    options = parser.parse_args(arguments)
    pipeline = MelodyPipeline.load(options.model, torch.device("cpu"), torch.float32)
    assert isinstance(pipeline, MelodyPipeline), "only a composer with our own words is measured"
    training, held_out = load_pieces(options.pieces)
    print("| style | | " + " | ".join(COLUMNS) + " |\n|---|---|" + "---|" * len(COLUMNS), flush=True)
    for style in options.styles:
        real = [parse(tokens) for tokens in held_out[style]]
        known = {run for tokens in training[style] for run in list_runs(parse(tokens))}
        asked = islice(cycle([(s.header, s.bars) for s in real if s.bars >= 8] or []), options.count)
        params = MelodyParams(temperature=options.temperature, top_p=options.top_p, echo=options.echo)
        made = compose(pipeline, asked, params)
        halves = real[::2], real[1::2]
        for who, pieces, other in (("held out", real, halves), ("composed", made, (made, real))):
            numbers = describe(pieces) | compare(*other, known) | {"copied": compare(pieces, pieces, known)["copied"]}
            print(f"| {style} | {who} | " + " | ".join(f"{numbers[c]:.2f}" for c in COLUMNS) + " |", flush=True)
    for style in options.styles if options.sliders else ():
        told = ", ".join(f"{slider} {follow(pipeline, style, slider, options.sliders):.2f}" for slider in SLIDERS)
        print(f"{style}: the sliders' rank correlation with what they move: {told}", flush=True)
    if options.harmonise:
        chorales = [cut_sketch(parse(tokens), HARMONISED_BARS) for tokens in held_out["chorale"][: options.harmonise]]
        anew = [harmonise(pipeline, chorale, seed) for seed, chorale in enumerate(chorales)]
        print(f"{len(chorales)} chorales: {clash(chorales):.1%} of pairs clash, harmonised anew {clash(anew):.1%}")


if __name__ == "__main__":
    main()
