"""Run the studio with a painter for whose larger pictures no memory is left: `python hungry.py SIDE OPTIONS...`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
import app

SIDE = int(sys.argv[1])  # of the largest latents there is memory for


def limit():
    """Let a network ask for more memory than any machine has where its latents are large, or several."""
    import torch
    from diffusers import UNet2DConditionModel

    plain = UNet2DConditionModel.forward

    def forward(self, sample, *args, **values):
        if sample.shape[-1] > SIDE or len(sample) > 2:
            torch.empty(10**15)
        return plain(self, sample, *args, **values)

    UNet2DConditionModel.forward = forward


if __name__ == "__main__":
    limit()
    app.main(app.read_options(sys.argv[2:]))
