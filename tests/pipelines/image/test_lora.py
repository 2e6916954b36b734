"""LoRA files: worn by one run and by no other, at the weight in force, exactly nothing at a weight of zero."""

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.errors import LoraBroken, LoraMisfit, NotOffered, PipelineError
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.lora import read_trigger_words
from pipelines.image.store import stream
from pipelines.image.tags import read_tags, strip_tags
from pipelines.take import Take, Tape, play
from tests.pipelines.image.checkpoints import build_lcm, build_sd3, build_sd15, build_sdxl
from tests.pipelines.image.loras import draw_pairs, merge, write_diffusers, write_kohya

CPU = torch.device("cpu")


def load(folder, loras=None):
    return ImagePipeline.load(folder, CPU, torch.float32, loras=loras)


def ask(**values):
    return ImageParams(**{"prompt": "a boat", "size": "64", "num_inference_steps": 4, "guidance_scale": 3.0} | values)


def paint(pipeline, seed=7, **values):
    return np.asarray(list(pipeline.generate(lambda: ask(**values), seed))[-1].finish()[0], dtype=int)


@pytest.fixture(scope="module", params=[build_sd15, build_sdxl, build_lcm])
def family(request, tmp_path_factory):
    """A model without LoRAs, the same with a folder of two, and what the first file says."""
    folder = tmp_path_factory.mktemp("model")
    model = request.param(folder)
    loras = folder / "loras"
    (loras / "deeper").mkdir(parents=True)
    plain = load(model)
    pairs = draw_pairs(plain.pipe, convolutions=True)
    write_kohya(loras / "storm.safetensors", plain.pipe, pairs, alpha=1.0)
    write_diffusers(loras / "deeper" / "calm.safetensors", draw_pairs(plain.pipe, rank=3, seed=1))
    return model, plain, load(model, loras), pairs


def test_a_model_that_comes_to_the_device_layer_by_layer_wears_it_too(family):
    model, plain, wearing, _ = family
    streamed = load(model, wearing.add_ons.wardrobe._files["storm"].parent)
    for part in ("unet", "text_encoder"):
        stream(getattr(streamed.pipe, part), CPU)
    assert (paint(streamed, lora="storm") == paint(wearing, lora="storm")).all()
    assert (paint(streamed) == paint(plain)).all()


def test_each_layer_gets_what_the_file_says_times_the_weight(family):
    model, plain, wearing, pairs = family
    merged = load(model)
    merge(merged.pipe, pairs, 0.8 * 1.0 / 2)
    expected = paint(merged)
    assert np.abs(paint(wearing, lora="storm", lora_weight=0.8) - expected).max() <= 1
    assert np.abs(expected - paint(plain)).mean() > 1


def test_the_text_encoders_wear_it_too(family):
    _, plain, wearing, _ = family
    texts = {p: v for p, v in draw_pairs(plain.pipe, seed=5).items() if p[0] != "unet"}
    write_kohya(wearing.add_ons.wardrobe._files["storm"].with_name("words.safetensors"), plain.pipe, texts, alpha=4.0)
    pipeline = load(family[0], wearing.add_ons.wardrobe._files["storm"].parent)
    assert np.abs(paint(pipeline, lora="words") - paint(plain)).max() > 0


def test_a_weight_of_zero_is_the_model_without_it_to_the_last_bit(family):
    _, plain, wearing, _ = family
    assert (paint(wearing, lora="storm", lora_weight=0.0) == paint(plain)).all()
    assert (paint(wearing) == paint(plain)).all()


def test_a_file_by_diffusers_keeps_the_scale_it_notes(family, tmp_path):
    model, plain, _, pairs = family
    write_diffusers(tmp_path / "noted.safetensors", pairs, alpha=6.0)
    write_diffusers(tmp_path / "silent.safetensors", pairs)
    pipeline = load(model, tmp_path)
    for name, scale in (("noted", 3.0), ("silent", 1.0)):
        merged = load(model)
        merge(merged.pipe, pairs, scale * 0.2)
        assert np.abs(paint(pipeline, lora=name, lora_weight=0.2) - paint(merged)).max() <= 1


def test_the_slider_acts_from_the_next_step_and_the_take_replays(family):
    _, _, wearing, _ = family
    calls = iter(range(100))
    moves = {0: {}, 1: {}, 2: {"lora_weight": -0.5}, 3: {"lora": "calm", "lora_weight": 1.5}}
    base = ask(lora="storm")
    tape = Tape(lambda: replace(base, **moves[min(next(calls), 3)]))
    bent = [step.finish()[0].tobytes() for step in wearing.generate(tape, 7)]
    straight = [step.finish()[0].tobytes() for step in wearing.generate(lambda: base, 7)]
    assert bent[:2] == straight[:2]
    assert bent[2] != straight[2]
    take = Take.from_json(tape.take(art="painting", model="x", seed=7).to_json())
    assert [(m.step, m.name) for m in take.moves] == [(2, "lora_weight"), (3, "lora"), (3, "lora_weight")]
    assert [step.finish()[0].tobytes() for step in play(wearing, take, wearing.knobs)] == bent


def test_two_visitors_wear_different_things_at_the_same_time(family):
    _, _, wearing, _ = family
    wishes = [{}, {"lora": "storm"}, {"lora": "storm", "lora_weight": -0.7}, {"lora": "calm", "prompt": "a sea"}]
    alone = [paint(wearing, **wish) for wish in wishes]
    runs = [wearing.generate(lambda wish=wish: ask(**wish), 7) for wish in wishes]
    for steps in zip(*runs, strict=True):
        last = steps
    for step, expected in zip(last, alone, strict=True):
        assert (np.asarray(step.finish()[0]) == expected).all()
    together = [None] * len(wishes)

    def work(place):
        together[place] = [paint(wearing, **wishes[place]) for _ in range(2)]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(wishes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for made, expected in zip(together, alone, strict=True):
        assert all((one == expected).all() for one in made)


def test_several_in_a_prompt_and_the_chosen_one_add_up(family):
    model, plain, wearing, pairs = family
    calm = draw_pairs(plain.pipe, rank=3, seed=1)
    merged = load(model)
    merge(merged.pipe, pairs, 0.5 * 0.6)
    merge(merged.pipe, calm, -0.3)
    merge(merged.pipe, pairs, 0.5 * 0.4)
    prompt = "a <lora:storm:0.6> boat<lora:calm:-.3>"
    expected = paint(merged, prompt="a  boat")
    assert np.abs(paint(wearing, prompt=prompt, lora="storm", lora_weight=0.4) - expected).max() <= 1


def test_what_is_not_there_or_does_not_fit_is_said_before_anything_is_painted(family, tmp_path):
    model, plain, _, _ = family
    other = build_sd15 if type(plain.pipe).__name__ == "StableDiffusionXLPipeline" else build_sdxl
    (tmp_path / "other").mkdir()
    (tmp_path / "loras").mkdir()
    foreign = load(other(tmp_path / "other")).pipe
    write_kohya(tmp_path / "loras" / "foreign.safetensors", foreign, draw_pairs(foreign))
    (tmp_path / "loras" / "broken.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{oh dear}")
    dora = {"lora_unet_x.lora_down.weight": torch.ones(2, 2), "lora_unet_x.dora_scale": torch.ones(2)}
    save_file(dora, tmp_path / "loras" / "dora.safetensors")
    save_file({"model.diffusion_model.x": torch.ones(2)}, tmp_path / "loras" / "checkpoint.safetensors")
    flux = {f"lora_unet_double_blocks_0_img_attn_qkv.lora_{way}.weight": torch.ones(2, 2) for way in ("up", "down")}
    save_file(flux, tmp_path / "loras" / "flux.safetensors")
    pipeline = load(model, tmp_path / "loras")
    for name, error in {
        "foreign": LoraMisfit, "flux": LoraMisfit, "broken": LoraBroken, "dora": LoraBroken, "checkpoint": LoraBroken,
        "nowhere": NotOffered, "../storm": NotOffered,
    }.items():  # fmt: skip
        for asked in ({"lora": name}, {"prompt": f"a boat <lora:{name}:1>"}):
            with pytest.raises(error, match=name):
                next(pipeline.generate(lambda asked=asked: ask(**asked), 1))
    left = [ask(lora="none"), ask(lora="foreign"), ask(prompt="a boat <lora:nowhere:2>")]
    held = list(pipeline.generate(lambda: left.pop(0) if len(left) > 1 else left[0], 7))
    assert (np.asarray(held[-1].finish()[0]) == paint(plain)).all()


def test_every_key_of_a_file_has_its_layer_and_one_without_is_refused(family, tmp_path):
    model, plain, wearing, pairs = family
    state = load_file(wearing.add_ons.wardrobe._files["storm"])
    assert len(wearing.add_ons.wardrobe.read("storm").layers) == len(pairs) == len(state) / 3
    extra = {f"lora_unet_down_blocks_7_{k.split('_', 5)[-1]}": v.clone() for k, v in list(state.items())[:3]}
    save_file(state | extra, tmp_path / "more.safetensors")
    with pytest.raises(PipelineError, match="more"):
        paint(load(model, tmp_path), lora="more")


def test_kohyas_names_for_sdxl_blocks_are_found(tmp_path):
    """Trained on the network as it was first published: input block 1 is the first block's first resnet, and so on."""
    pipeline = load(build_sdxl(tmp_path))
    block = "transformer_blocks.0"
    places = {
        f"input_blocks_1_1_{block}.attn1_to_q": f"down_blocks.0.attentions.0.{block}.attn1.to_q",
        f"middle_block_1_{block}_ff_net_0_proj": f"mid_block.attentions.0.{block}.ff.net.0.proj",
        f"output_blocks_2_1_{block}_attn2_to_out_0": f"up_blocks.1.attentions.0.{block}.attn2.to_out.0",
    }
    places = {name.replace(".", "_"): place for name, place in places.items()}
    state, layers = {}, dict(pipeline.pipe.unet.named_modules())
    for name, place in places.items():
        out, into = layers[place].weight.shape
        state[f"lora_unet_{name}.lora_down.weight"] = torch.randn(2, into)
        state[f"lora_unet_{name}.lora_up.weight"] = torch.randn(out, 2)
    (tmp_path / "loras").mkdir()
    save_file(state, tmp_path / "loras" / "sgm.safetensors")
    read = load(tmp_path / "sdxl", tmp_path / "loras").add_ons.wardrobe
    layers = dict(read._pipe.unet.named_modules())
    assert set(read.read("sgm").layers) == {layers[place] for place in places.values()}


def test_the_knobs_are_hidden_without_a_folder_and_where_a_model_takes_none(tmp_path):
    (tmp_path / "loras").mkdir()
    for name in ("old.pt", "older.ckpt"):
        (tmp_path / "loras" / name).write_bytes(b"not opened")
    sd15 = build_sd15(tmp_path)
    assert load(sd15).knobs["lora"].inert
    empty = load(sd15, tmp_path / "loras")
    assert empty.knobs["lora"].inert
    assert "old.pt, older.ckpt" in str(empty.add_ons.troubles[0])
    save_file({"x_lora": torch.ones(1)}, tmp_path / "loras" / "storm.safetensors")
    full = load(sd15, tmp_path / "loras")
    assert [full.knobs[name].inert for name in ("lora", "lora_weight")] == [False, False]
    assert full.knobs["lora"].domain.choices == ("none", "storm")
    other = load(build_sd3(tmp_path), tmp_path / "loras")
    assert other.knobs["lora"].inert
    assert "another kind of painting model" in str(other.add_ons.troubles[0])
    for pipeline in (other, ImagePipeline.tiny()):
        with pytest.raises(NotOffered, match="storm"):
            next(pipeline.generate(lambda: ask(prompt="a boat <lora:storm:1>"), 1))


@pytest.mark.parametrize(
    ("prompt", "tags", "words"),
    [
        ("a boat", (), "a boat"),
        ("a boat, <lora:storm:0.8>", (("storm", 0.8),), "a boat"),
        ("<lora:a b-v1.2> sea <lora:x:-1><lyco:y:.5:0.2>", (("a b-v1.2", 1.0), ("x", -1.0), ("y", 0.5)), "sea"),
        ("<lora:storm:high> <lora:> <lora:x:1", (), "<lora:storm:high> <lora:> <lora:x:1"),
        ("<lora:" * 300, (), "<lora:" * 300),
    ],
)
def test_tags_are_read_as_a1111_reads_them_and_what_is_none_is_text(prompt, tags, words):
    assert read_tags(prompt) == tags
    assert strip_tags(prompt).strip() == words


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({}, ()),
        ({"modelspec.trigger_phrase": "in storm style"}, ("in storm style",)),
        ({"ss_tag_frequency": json.dumps({"1_x": {"sea": 2, "storm ": 9}, "1_y": {"sea": 3}})}, ("storm", "sea")),
        ({"ss_tag_frequency": "[1, 2"}, ()),
        ({"ss_tag_frequency": '{"1_x": 7}'}, ()),
        ({"ss_tag_frequency": '{"1_x": {"y": "many"}}'}, ()),
        ({"ss_tag_frequency": "[" * 100_000}, ()),
        ({"ss_tag_frequency": json.dumps({"x": {"w" * 500: 1}})}, ("w" * 60,)),
    ],
)
def test_trigger_words_come_from_the_files_notes(notes, words, tmp_path):
    save_file({"x": torch.ones(1)}, tmp_path / "x.safetensors", metadata=notes)
    assert read_trigger_words(tmp_path / "x.safetensors") == words
