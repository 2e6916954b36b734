"""Run the studio with a composer that has loaded once a file is there: `python patient.py FILE OPTIONS...`."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
import app


def hold(gate):
    """Let the composer wait for the file."""
    from pipelines.melody.pipeline import MelodyPipeline

    load = MelodyPipeline.load

    def wait(*args, **values):
        while not gate.exists():
            time.sleep(0.05)
        return load(*args, **values)

    MelodyPipeline.load = wait


if __name__ == "__main__":
    hold(Path(sys.argv[1]))
    app.main(app.read_options(sys.argv[2:]))
