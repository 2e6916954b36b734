"""Listen to a composer in numbers, beside held-out music: `python -m training.listening MODEL PIECES.npz`."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import cycle, islice, pairwise
from pathlib import Path

import torch

from pipelines.melody.grammar import decode
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.score import BAR_TICKS, MELODY, MODES, STYLES, Header, Sketch, Tone
from training.composer import load_pieces

COLUMNS = {
    "in key": "share of tones in the scale of the mode",
    "tones a bar": "over all voices",
    "sounding": "share of bars in which the melody sounds",
    "again": "share of bars whose melody was heard before, tone for tone",
    "leaps": "share of melody steps wider than a fifth",
    "close": "pieces whose last melody tone begins in the last bar",
    "tonic": "pieces whose lowest voice ends on the tonic",
}


def describe(sketches: Sequence[Sketch]) -> dict[str, float]:
    """Return the numbers of COLUMNS for some pieces; the last two over those whose end is in them."""
    tones = [(tone, sketch.header) for sketch in sketches for tone in sketch.tones]
    bars = sum(sketch.bars for sketch in sketches)
    steps = [abs(a.pitch - b.pitch) for sketch in sketches for a, b in pairwise(_line(sketch))]
    whole = [sketch for sketch in sketches if sketch.header.closes and sketch.tones]
    return {
        "in key": sum(t.pitch % 12 in MODES[header.mode] for t, header in tones) / len(tones),
        "tones a bar": len(tones) / bars,
        "sounding": sum(len(_sounding_bars(sketch)) for sketch in sketches) / bars,
        "again": sum(map(_count_repeats, sketches)) / bars,
        "leaps": sum(step > 7 for step in steps) / max(1, len(steps)),
        "close": sum(_line(s)[-1].start_ticks >= (s.bars - 1) * _bar(s) for s in whole if _line(s)) / len(whole),
        "tonic": sum(_ends_on_tonic(sketch) for sketch in whole) / len(whole),
    }


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


def _count_repeats(sketch: Sketch) -> int:
    bars: dict[int, list[tuple[int, int]]] = {}
    for tone in _line(sketch):
        bars.setdefault(tone.start_ticks // _bar(sketch), []).append((tone.start_ticks % _bar(sketch), tone.pitch))
    kinds = [tuple(bar) for bar in bars.values()]
    return len(kinds) - len(set(kinds))


def _ends_on_tonic(sketch: Sketch) -> bool:
    lowest = max(STYLES[sketch.header.style].voices)
    voice = [tone for tone in sketch.tones if tone.voice == lowest]
    last = [tone for tone in voice if tone.start_ticks == voice[-1].start_ticks] if voice else []
    return bool(last) and min(last, key=lambda tone: tone.pitch).pitch % 12 == 0


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


def main() -> None:
    """Print a row for each style: held-out pieces, then the composer's, asked for the same modes, metres, lengths."""
    parser = argparse.ArgumentParser(prog="python -m training.listening", description=main.__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("pieces", type=Path, help="the run folder's pieces.npz")
    parser.add_argument("--styles", nargs="+", choices=STYLES, default=list(STYLES))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--temperature", type=float, default=MelodyParams().temperature)
    parser.add_argument("--top-p", type=float, default=MelodyParams().top_p)
    parser.add_argument("--echo", type=float, default=MelodyParams().echo)
    options = parser.parse_args()
    pipeline = MelodyPipeline.load(options.model, torch.device("cpu"), torch.float32)
    assert isinstance(pipeline, MelodyPipeline), "only a composer with our own words is measured"
    _, held_out = load_pieces(options.pieces)
    print("| style | | " + " | ".join(COLUMNS) + " |\n|---|---|" + "---|" * len(COLUMNS), flush=True)
    for style in options.styles:
        real = [decode(tokens.tolist()) for tokens in held_out[style]]
        asked = islice(cycle([(s.header, s.bars) for s in real if s.bars >= 8] or []), options.count)
        params = MelodyParams(temperature=options.temperature, top_p=options.top_p, echo=options.echo)
        made = compose(pipeline, asked, params)
        for who, numbers in (("held out", describe(real)), ("composed", describe(made))):
            print(f"| {style} | {who} | " + " | ".join(f"{numbers[c]:.2f}" for c in COLUMNS) + " |", flush=True)


if __name__ == "__main__":
    main()
