"""A picture that repeats has no edges: moved round, it is denoised and decoded to the same picture moved round."""

import threading

import pytest
import torch

from pipelines.image import ImagePipeline
from pipelines.image.infotext import read_infotext, write_infotext
from pipelines.image.tiling import wrapping
from pipelines.take import Take
from tests.pipelines.image.checkpoints import build_sd15, build_sdxl
from tests.pipelines.image.test_pipeline import CPU, ask, paint

SIZE = (64, 64)


@pytest.fixture(scope="module", params=[build_sd15, build_sdxl])
def pipeline(request, tmp_path_factory):
    return ImagePipeline.load(request.param(tmp_path_factory.mktemp("model")), CPU, torch.float32)


def look(pipeline, latents):
    """Return what the denoiser and the decoder make of latents."""
    with torch.inference_mode():
        words = pipeline.denoiser.encode("a boat")
        predicted = pipeline.denoiser.predict(latents, torch.tensor(500), [words], 1.0, SIZE, None)
        return predicted, pipeline.canvas._decode(latents)


def stray(pipeline, way, axis):
    """Return how far from the same two are, of latents and of latents that were moved by half along an axis."""
    latents = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(3))
    with wrapping(way):
        still, moved = look(pipeline, latents), look(pipeline, latents.roll(16, axis))
    return max(
        float((other.roll(-other.shape[axis] // 2, axis) - one).abs().max() / one.abs().max())
        for one, other in zip(still, moved, strict=True)
    )


@pytest.mark.parametrize(("way", "seamless"), [("none", ()), ("across", (-1,)), ("down", (-2,)), ("both", (-1, -2))])
def test_only_the_edges_that_were_asked_for_are_gone(pipeline, way, seamless):
    for axis in (-1, -2):
        assert (stray(pipeline, way, axis) < 1e-4) == (axis in seamless)


def test_works_beside_each_other_wrap_each_in_their_own_way(pipeline):
    alone = {way: paint(pipeline, ask(tiling=way))[-1].pictures[0].tobytes() for way in ("none", "both")}
    assert alone["none"] != alone["both"]
    made = {}

    def work(way):
        made[way] = [paint(pipeline, ask(tiling=way))[-1].pictures[0].tobytes() for _ in range(3)]

    threads = [threading.Thread(target=work, args=(way,)) for way in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == {way: [picture] * 3 for way, picture in alone.items()}


@pytest.mark.parametrize("way", ["across", "both"])
def test_the_settings_in_a_picture_tell_it_as_kin_do(way):
    take = Take(art="painting", model="sd", seed=5, params={"prompt": "a boat", "tiling": way})
    text = write_infotext(take, 0, SIZE, "Euler")
    assert ("Tiling: True" in text) == (way == "both")
    assert read_infotext(text).values["tiling"] == way
    theirs = read_infotext("a boat\nSteps: 9, Sampler: Euler, CFG scale: 5, Seed: 7, Tiling: True")
    assert (theirs.values["tiling"], theirs.others) == ("both", ())
