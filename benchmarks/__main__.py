"""Run every benchmark, or the named ones: `python -m benchmarks [NAME ...] [--count 100]`."""

import argparse
import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.text.forms.names import VERSE_FORMS

NAMES = ("text", "image", "music", "page", "live", "training", "forms", "load")


def main() -> None:
    """Print a table: ours, the peer's, and the ratio (above 1 is better); for the verse forms one of their own."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(NAMES)}")
    options.add_argument("--count", type=int, default=100, help="works a verse form (100)")
    options.add_argument("--only", nargs="+", choices=VERSE_FORMS[1:], default=VERSE_FORMS[1:], help="verse forms")
    options.add_argument("--pieces", type=Path, help="a composer run's pieces.npz: --count pieces are scored")
    options.add_argument("--visitors", type=int, default=16, help="of load (16)")
    options.add_argument("--minutes", type=float, default=1.0, help="of load, after all wrote at once (1)")
    options.add_argument("--rest", type=float, default=0.0, help="of load, seconds a visitor looks at a work (0)")
    chosen = options.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        options.error(f"there is no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    names = chosen.names or NAMES
    if speed := [name for name in names if name != "forms"]:
        load = {"visitors": chosen.visitors, "minutes": chosen.minutes, "rest": chosen.rest}
        print_speed(speed, {"load": load})
    if chosen.pieces and "music" in names:
        importlib.import_module("benchmarks.music").print_scores(chosen.pieces, chosen.count)
    if "forms" in names:
        importlib.import_module("benchmarks.forms").print_table(chosen.count, chosen.only)


def print_speed(names: list[str], options: Mapping[str, Mapping[str, Any]]) -> None:
    """Print the table of what is measured against a peer, or against a bar."""
    print("| what | ours | peer | | ratio |\n|---|---|---|---|---|", flush=True)
    for name in names:
        for row in importlib.import_module(f"benchmarks.{name}").run(**options.get(name, {})):
            print(
                f"| {row.name} ({row.unit}) | {row.ours:.4g} | {row.peer:.4g} | {row.peer_name} | {row.ratio:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
