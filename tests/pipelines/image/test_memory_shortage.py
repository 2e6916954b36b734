"""A painter that finds no memory: before it is loaded, while it paints, and as the picture is unfolded."""

import inspect

import pytest
import torch

from pipelines.errors import ModelTooLarge, OutOfMemory
from pipelines.image import ImagePipeline
from pipelines.image.store import list_parts, place
from pipelines.memory import Plan, Room
from pipelines.weights import list_dtypes
from studio.performance import Commission, perform
from tests.pipelines.image.families import build_flux, build_sd3, build_sd15, build_z_image
from tests.pipelines.image.test_pipeline import CPU, ask, changing, data, paint


def fill(*_, **__):
    return torch.empty(10**15)


class Views(list):
    """Views as they come, up to the one that fails."""

    def extend(self, views):
        for view in views:
            self.append(view)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {f: f(tmp_path_factory.mktemp(f.__name__)) for f in (build_sd15, build_flux, build_z_image, build_sd3)}


def load(folders, build):
    return ImagePipeline.load(folders[build], CPU, torch.float32)


def test_the_parts_are_counted_without_loading_them_in_the_order_of_use(folders):
    pipe = load(folders, build_flux).pipe
    parts = list_parts(folders[build_flux])
    assert list(parts) == ["transformer", "vae", "text_encoder_2", "text_encoder"]
    for name, count in parts.items():
        assert count == sum(p.numel() for p in getattr(pipe, name).parameters())


def test_16_bit_files_are_taken_where_there_are_some_and_counted_once(folders, tmp_path):
    pipe = load(folders, build_sd15).pipe
    pipe.save_pretrained(tmp_path)
    whole = list_parts(tmp_path)
    pipe.to(torch.float16).save_pretrained(tmp_path, variant="fp16")
    assert list_parts(tmp_path) == whole
    for file in tmp_path.glob("*/*.safetensors"):
        if "fp16" not in file.name:
            file.unlink()
    pipeline = ImagePipeline.load(tmp_path, CPU)
    assert pipeline.pipe.unet.dtype == list_dtypes(CPU)[0]
    assert paint(pipeline, ask())[-1].pictures


def test_a_model_larger_than_the_machine_is_refused_before_it_is_read(folders, monkeypatch):
    import pipelines.image.pipeline as image

    monkeypatch.setattr(image, "measure_room", lambda device: Room(1000))
    with pytest.raises(ModelTooLarge):
        ImagePipeline.load(folders[build_sd15], CPU)


def test_a_cpu_short_of_memory_paints_in_16_bit(folders, monkeypatch):
    import pipelines.image.pipeline as image
    import pipelines.memory as memory

    weights = sum(list_parts(folders[build_sd15]).values())
    monkeypatch.setattr(image, "measure_room", lambda device: Room(3 * weights))
    monkeypatch.setattr(memory, "WORKING", 0)
    pipeline = ImagePipeline.load(folders[build_sd15], CPU)
    assert pipeline.pipe.unet.dtype == torch.bfloat16
    assert paint(pipeline, ask())[-1].pictures


def test_files_that_do_not_fit_as_they_are_read_are_told_of_in_the_same_way(folders, monkeypatch):
    from diffusers import DiffusionPipeline

    monkeypatch.setattr(DiffusionPipeline, "from_pretrained", fill)
    with pytest.raises(ModelTooLarge):
        ImagePipeline.load(folders[build_sd15], CPU)


@pytest.mark.parametrize("build", [build_sd15, build_sd3])
def test_memory_that_ends_mid_run_is_a_sentence_and_the_picture_so_far_is_kept(folders, build):
    pipeline = load(folders, build)
    network = pipeline.pipe.unet if build is build_sd15 else pipeline.pipe.transformer
    plain, calls = network.forward, []

    def forward(*args, **values):
        calls.append(1)
        return fill() if len(calls) == 3 else plain(*args, **values)

    forward.__signature__ = inspect.signature(plain)
    network.forward = forward
    views = Views()
    with pytest.raises(OutOfMemory):
        views.extend(perform(pipeline, Commission("painting", "m", 7), ask, lambda: True))
    last = views[-1]
    assert last.done
    assert last.steps == 2
    assert last.step.finish()[0].size == (64, 64)
    network.forward = plain
    assert paint(pipeline, ask())[-1].pictures


@pytest.mark.parametrize("build", [build_sd15, build_flux, build_z_image])
def test_a_picture_too_large_to_unfold_is_unfolded_in_tiles_one_by_one(folders, build):
    pipeline = load(folders, build)
    wanted = paint(pipeline, ask(num_images=2))[-1].pictures
    vae = pipeline.pipe.vae
    plain, seen = vae.decode, []

    def decode(latents, *args, **values):
        seen.append((len(latents), vae.use_tiling))
        return plain(latents, *args, **values) if vae.use_tiling else fill()

    vae.decode = decode
    pipeline.canvas._map = torch.zeros(pipeline.canvas.channels, 3), torch.zeros(3)
    made = paint(pipeline, ask(num_images=2))[-1].pictures
    assert seen == [(2, False), (1, True), (1, True)]
    assert not vae.use_tiling
    for one, other in zip(made, wanted, strict=True):
        assert max(abs(a - b) for a, b in zip(one.tobytes(), other.tobytes(), strict=True)) <= 2


def test_parts_are_streamed_to_the_device_as_planned(folders):
    """Here the device is the memory that they come from: what is seen is that every layer waits to be sent for."""
    other = load(folders, build_sd15)
    place(other.pipe, Plan(torch.float32, frozenset({"text_encoder", "unet"})), CPU)
    waiting = {name: _waits(part) for name, part in other.pipe.components.items() if isinstance(part, torch.nn.Module)}
    assert waiting == {"unet": True, "text_encoder": True, "vae": False}
    path = ask(), ask(), ask(prompt="red moon", guidance_scale=6.0)
    wanted = paint(load(folders, build_sd15), changing(*path))[-1].pictures
    assert data(paint(ImagePipeline(other.pipe), changing(*path))[-1].pictures) == data(wanted)


def _waits(part):
    return any("group_offloading" in layer._diffusers_hook.hooks for layer in part.modules() if _hooked(layer))


def _hooked(layer):
    return hasattr(layer, "_diffusers_hook")
