"""Make the painter from end to end where a graphics card is lent for minutes at a time: `python -m training workshop`.

Text encoder, denoiser, upsampler, the whole model, its sheet and the judge's table, in this order, each stage going on
where the last call stopped it. Every call leaves in `--out` what should be taken away: the weights in shards, the log
and, at the end, the sheet. On a bare machine the next call takes the shards back with `--take`.
"""

import argparse
import contextlib
import io
import os
import time
from collections.abc import Sequence
from pathlib import Path

from training import judge, painter, shards, sheet, upsampler
from training.loop import OutOfTime


def main(arguments: Sequence[str]) -> None:
    """Go through the stages until the minutes are over; the same command goes on."""
    parser = argparse.ArgumentParser(prog="python -m training workshop", description=main.__doc__)
    parser.add_argument("--runs", type=Path, default=Path("runs/gpu"))
    parser.add_argument("--out", type=Path, default=Path("runs/gpu/out"), help="what should be taken away")
    parser.add_argument("--take", type=Path, help="shards of an earlier call, on a machine that has not its runs")
    parser.add_argument("--config", type=Path, default=painter.CONFIGS / "painter-gpu.json")
    parser.add_argument("--upsampler-config", type=Path, default=painter.CONFIGS / "upsampler-gpu.json")
    parser.add_argument("--minutes", type=float, default=8.5)
    parser.add_argument("--steps", type=int, help="end the painter at this step")
    parser.add_argument("--workers", type=int, default=max(0, (os.cpu_count() or 1) - 1))
    parser.add_argument("--count", type=int, default=100, help="pictures a language that the judge reads")
    options = parser.parse_args(arguments)
    if options.take:
        shards.unpack(options.take, options.runs)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        make(options, time.monotonic() + options.minutes * 60)
    except OutOfTime as stop:
        print(f"{stop}: the same command goes on from there", flush=True)
    finally:
        shards.pack(options.runs, options.out)
        logs = [options.runs / stage / "log.jsonl" for stage in shards.STAGES]
        (options.out / "log.jsonl").write_text("".join(log.read_text() for log in logs if log.exists()))


def make(options: argparse.Namespace, deadline: float) -> None:
    """Run every stage; raise OutOfTime when the `deadline` of `time.monotonic()` comes first."""
    run, small = options.runs / "painter", options.runs / "upsampler"
    workers = ["--workers", str(options.workers)]
    steps = ["--steps", str(options.steps)] if options.steps else []
    paint = ["--run", str(run), "--config", str(options.config), *workers, *steps]
    model = run / "model"
    if not (small / "model").exists():
        painter.learn(painter.read_options([*paint, "--minutes", str(left(deadline))]))
        enlarge = ["--run", str(small), "--config", str(options.upsampler_config), "--painter", str(run), *workers]
        upsampler.main([*enlarge, "--minutes", str(left(deadline))])
        left(deadline)
    if not (model / "model_index.json").exists():
        painter.main([*paint[:4], *steps])
    if not (options.out / "sheet.png").exists():
        left(deadline, 1.0)
        sheet.main(["--model", str(model), "--to", str(options.out / "sheet.png")])
    left(deadline, 2.0)
    table = io.StringIO()
    with contextlib.redirect_stdout(table):
        judge.main(
            ["--run", str(options.runs / "judge"), "--model", str(model), "--count", str(options.count), *workers]
        )
    (options.out / "judge.txt").write_text(table.getvalue())
    print(table.getvalue(), flush=True)


def left(deadline: float, needed: float = 0.0) -> float:
    """Return the minutes until the deadline; raise OutOfTime where they are fewer than the next stage needs."""
    minutes = (deadline - time.monotonic()) / 60
    if minutes <= needed:
        raise OutOfTime(f"time is up with {max(0.0, minutes):.1f} minutes left")
    return minutes
