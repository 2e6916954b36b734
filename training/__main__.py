"""`python -m training NAME`: train a model that ships in assets/models, or judge one (the last four)."""

import importlib
import os
import sys

MODELS = (
    "writer", "painter", "upsampler", "workshop", "composer", "palettes", "swatches",
    "sheet", "judge", "scores", "copies",
)  # fmt: skip


def main(arguments: list[str]) -> None:
    """Hand the rest of the command line to the module that makes the named model."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads starve the other core; set before torch
    if not arguments or arguments[0] not in MODELS:
        sys.exit(f"usage: python -m training {{{','.join(MODELS)}}} [options]")
    importlib.import_module(f"training.{arguments[0]}").main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
