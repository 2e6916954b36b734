"""Run every benchmark, or the named ones: `python -m benchmarks [text] [image] [page]`."""

import importlib
import os
import sys

NAMES = ("text", "image", "page")


def main(names: list[str]) -> None:
    """Print a table: ours, the peer's, and the ratio (above 1 is better)."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if unknown := set(names) - set(NAMES):
        sys.exit(f"there is no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print("| what | ours | peer | | ratio |\n|---|---|---|---|---|", flush=True)
    for name in names or NAMES:
        for row in importlib.import_module(f"benchmarks.{name}").run():
            print(
                f"| {row.name} ({row.unit}) | {row.ours:.4g} | {row.peer:.4g} | {row.peer_name} | {row.ratio:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
