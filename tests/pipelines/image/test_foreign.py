"""Settings written by other studios are read and fitted; ours are written so that those studios read them."""

import io
import json
import time
from dataclasses import replace

import pytest
from PIL import Image, PngImagePlugin

from pipelines.errors import UnreadableRecipe, UnreadableTake
from pipelines.image.foreign import decode_comment, fit, read_recipe
from pipelines.image.infotext import MAX_CHARACTERS, read_infotext, write_infotext
from pipelines.image.params import ImageParams, measure
from pipelines.image.png import read_png_take, write_png
from pipelines.image.samplers import name_sampler
from pipelines.image.tags import read_tags
from pipelines.params import Offered, narrow
from pipelines.pictures import write_address
from pipelines.take import Take

# Each as its tool writes it.
OLD_A1111 = (
    "a girl's beret, ((eyeshadow)), desert scene\n"
    "Negative prompt: ugly, fat, (((deformed))), [blurry]\n"
    "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 965400086, Size: 512x512, Model hash: 45dee52b"
)
A1111_1_10 = (
    "masterpiece, a lighthouse, <lora:storm:0.8>\nsecond line: with a colon\n\nthird\n"
    "Negative prompt: lowres,\nbad hands\n"
    "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234567890, Size: 832x1216, "
    "Model hash: 6ce0161689, Model: v1-5-pruned, VAE: kl-f8, Denoising strength: 0.45, Clip skip: 2, "
    'Hires upscale: 1.5, Hires upscaler: 4x-UltraSharp, ADetailer prompt: "a face, \\"smiling\\"\\nclose: up", '
    'Lora hashes: "storm: 0123abcd", Version: v1.10.1'
)
CIVITAI = (
    "a cat\nSteps: 30, CFG scale: 7, Sampler: Euler a, Seed: 5, Size: 1024x1024, "
    'Civitai resources: [{"type":"checkpoint","modelVersionId":290640,"modelName":"P, D"},{"weight":1}], '
    'Civitai metadata: {"remixOfId": 3}'
)
COMFY = (
    "portrait of an old sailor\nNegative prompt: blurry\nSteps: 25, Sampler: dpmpp_2m_karras, CFG scale: 8.0, "
    'Seed: 18446744073709551615, Size: 768x512, Model hash: abc, Model: dream, Hashes: {"m":"abc"}, Version: ComfyUI'
)
FOOOCUS_A1111 = (
    "a fox in the snow, cinematic still, emotional\nNegative prompt: anime, deformed\n"
    "Steps: 30, Sampler: DPM++ 2M SDE Karras, Seed: 7012378041235, Size: 1152x896, CFG scale: 4.0, Sharpness: 2.0, "
    'ADM Guidance: "(1.5, 0.8, 0.3)", Model: juggernautXL, Model hash: aeb7e9e689, Performance: Speed, '
    'Scheduler: karras, VAE: Default (model), Raw prompt: "a fox\\nin the snow", Raw negative prompt: , '
    "Version: Fooocus v2.5.5"
)
FOOOCUS_JSON = json.dumps(
    {
        "adm_guidance": "(1.5, 0.8, 0.3)",
        "base_model": "juggernautXL",
        "full_prompt": ["a fox, cinematic"],
        "guidance_scale": 4.0,
        "loras": [],
        "metadata_scheme": "fooocus",
        "negative_prompt": "",
        "prompt": "a fox, 雪",
        "resolution": "(896, 1152)",
        "sampler": "dpmpp_2m_sde_gpu",
        "seed": "7012378041235",
        "steps": 30,
        "styles": "['Fooocus V2']",
        "version": "Fooocus v2.5.5",
    }
)
CARD = {"size": {"choices": ["256"]}, "guidance_scale": {"maximum": 5}, "num_inference_steps": {"maximum": 26}}


def save(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, format=kind, **options)
    return file.getvalue()


def with_comment(kind, comment, *, nested=True):
    exif = Image.Exif()
    block = exif.get_ifd(0x8769) if nested else exif
    block[0x9286] = comment
    return save(Image.new("RGB", (8, 8)), kind, exif=exif)


def with_parameters(text, **more):
    notes = PngImagePlugin.PngInfo()
    for key, value in {"parameters": text, **more}.items():
        notes.add_text(key, value)
    return save(Image.new("RGB", (8, 8)), "PNG", pnginfo=notes)


def test_an_old_string_is_read_whole():
    recipe = read_infotext(OLD_A1111)
    assert recipe.values == {
        "prompt": "a girl's beret, ((eyeshadow)), desert scene",
        "negative_prompt": "ugly, fat, (((deformed))), [blurry]",
        "num_inference_steps": 20,
        "guidance_scale": 7.0,
        "sampler": "Euler a",
    }
    assert (recipe.seed, recipe.size, recipe.others) == (965400086, (512, 512), ())


def test_lines_quotes_and_loras_of_a_new_string():
    recipe = read_infotext(A1111_1_10)
    assert recipe.values["prompt"] == "masterpiece, a lighthouse, <lora:storm:0.8>\nsecond line: with a colon\n\nthird"
    assert recipe.values["negative_prompt"] == "lowres,\nbad hands"
    assert (recipe.values["num_inference_steps"], recipe.values["sampler"]) == (28, "DPM++ 2M Karras")
    assert recipe.seed == 1234567890
    assert {"Clip skip", "Hires upscale", "ADetailer prompt"} <= set(recipe.others)
    assert not any("smiling" in name or name == "close" for name in recipe.others)


def test_loras_that_are_here_stay_in_the_prompt_and_others_are_told():
    recipe = read_infotext("a boat <lora:storm:0.8>, at night <lora:calm:1>\nSteps: 4, CFG scale: 2, Seed: 9")
    here = ImageParams.knobs()
    without = fit(recipe, here)
    assert (without.values["prompt"], without.left) == ("a boat , at night", ("LoRA storm", "LoRA calm"))
    here["lora"] = replace(here["lora"], domain=Offered(("none", "storm"), ("storm",)), inert=False)
    found = fit(recipe, here)
    assert (found.values["prompt"], found.left) == ("a boat <lora:storm:0.8>, at night", ("LoRA calm",))
    assert found.values["lora"] == "none"


def test_the_chosen_lora_is_written_as_a1111_writes_it():
    params = {"prompt": "a boat <lora:calm:0.5>", "style": "oil", "lora": "storm", "lora_weight": 0.8}
    take = Take(art="painting", model="sd", seed=5, params=params)
    text = write_infotext(take, 0, (64, 64), "Euler", "calm: 00ff, storm: 11ee")
    assert text.startswith("a boat <lora:calm:0.5>, oil painting <lora:storm:0.8>\n")
    assert 'Lora hashes: "calm: 00ff, storm: 11ee"' in text
    assert read_tags(read_infotext(text).values["prompt"]) == (("calm", 0.5), ("storm", 0.8))
    assert read_infotext(text).others == ("Model",)


def test_other_dialects():
    assert read_infotext(CIVITAI).values["negative_prompt"] == ""
    assert read_infotext(CIVITAI).others == ("Civitai resources", "Civitai metadata")
    comfy = read_infotext(COMFY)
    assert comfy.seed == 2**64 - 1
    assert comfy.values["guidance_scale"] == 8
    fooocus = read_infotext(FOOOCUS_A1111)
    assert fooocus.values["prompt"] == "a fox\nin the snow"
    assert fooocus.values["negative_prompt"] == ""
    assert fooocus.size == (1152, 896)


@pytest.mark.parametrize("text", [FOOOCUS_JSON, json.dumps({"Prompt": "a fox, 雪", "Steps": 30, "Sampler": "x"})])
def test_both_of_fooocus_own_schemes(tmp_path, text):
    file = tmp_path / "a.png"
    file.write_bytes(with_parameters(text, fooocus_scheme="fooocus"))
    recipe = read_recipe(file)
    assert recipe.values["prompt"] == "a fox, 雪"
    assert recipe.values["num_inference_steps"] == 30
    assert "full_prompt" not in recipe.others
    assert "loras" not in recipe.others


def test_a_prompt_that_speaks_of_steps_and_of_what_to_leave_out():
    prompt = "Steps: up a hill, Sampler: none\nthe words Negative prompt: inside a line, Seed: 3"
    recipe = read_infotext(f"{prompt}\nSteps: 4, Sampler: Euler, CFG scale: 2, Seed: 9")
    assert recipe.values["prompt"] == prompt
    assert recipe.seed == 9
    assert read_infotext("a: b, c: d, e: f").values["prompt"] == "a: b, c: d, e: f"
    assert read_infotext("{red|blue} house").values["prompt"] == "{red|blue} house"


@pytest.mark.parametrize("steps", ["NaN", "1e999", "-3", "twenty", "9" * 400, '"20"', ""])
def test_a_number_that_is_none_is_left_or_brought_in(steps):
    recipe = read_infotext(f"a\nSteps: {steps}, Sampler: Euler, CFG scale: inf, Seed: -1, Size: 0x0")
    fitted = fit(recipe, ImageParams.knobs())
    assert 1 <= fitted.values.get("num_inference_steps", 1) <= 100
    assert "guidance_scale" not in fitted.values
    assert fitted.seed is None
    assert "size" not in fitted.values


def test_it_is_brought_into_the_ranges_of_the_model():
    knobs = narrow(ImageParams.knobs(), CARD)
    fitted = fit(read_infotext(OLD_A1111), knobs)
    assert fitted.values["guidance_scale"] == 5
    assert fitted.values["size"] == "256"
    assert fitted.values["style"] == "none"
    assert set(fitted.moved) == {"guidance_scale", "size"}
    assert fit(read_infotext(FOOOCUS_A1111), ImageParams.knobs()).values["size"] == "1024"
    assert fit(read_infotext(COMFY), knobs).seed == 2**32 - 1
    assert len(fit(read_infotext("x" * 9000), knobs).values["prompt"]) == 2000


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le", "utf-16"])
def test_a_comment_in_utf16_whatever_its_order(order):
    assert decode_comment(b"UNICODE\0" + f"海边的灯塔\n{OLD_A1111}".encode(order)).startswith("海边的灯塔\na girl's")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("nested", [True, False])
def test_settings_in_an_exif_comment(tmp_path, kind, nested):
    file = tmp_path / f"a.{'jpg' if kind == 'JPEG' else 'webp'}"
    for comment in (b"UNICODE\0" + A1111_1_10.encode("utf-16-be"), b"ASCII\0\0\0" + A1111_1_10.encode()):
        file.write_bytes(with_comment(kind, comment, nested=nested))
        assert read_recipe(file) == read_infotext(A1111_1_10)


def test_fooocus_in_the_exif_comment_of_a_jpeg(tmp_path):
    file = tmp_path / "a.jpeg"
    file.write_bytes(with_comment("JPEG", FOOOCUS_JSON, nested=False))
    assert read_recipe(file).values["num_inference_steps"] == 30


def test_a_text_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbf" + OLD_A1111.replace("\n", "\r\n").encode())
    assert read_recipe(file) == read_infotext(OLD_A1111)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b""),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.txt", b"x" * 5_000_000),
        ("a.txt", b'{"seed": NaN, "x": 1}'),
        ("a.png", b"no picture"),
        ("a.png", with_parameters("x" * 900_000)),
        ("a.png", with_parameters("")),
        ("a.jpg", save(Image.new("RGB", (8, 8)), "JPEG")),
        ("a.webp", save(Image.new("RGB", (8, 8)), "WEBP")[:40]),
        ("a.jpg", b"\xff\xd8\xff\xe1\x00\x20Exif\0\0MM\0*\0\0\0\x08\0\xff" + b"\xff" * 80),
    ],
    ids=range(10),
)
def test_a_file_that_says_nothing_is_refused(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    if b"NaN" in content:
        assert read_recipe(file).seed is None
    else:
        with pytest.raises(UnreadableRecipe):
            read_recipe(file)


@pytest.mark.parametrize(
    "text",
    ["," * MAX_CHARACTERS, "a" * MAX_CHARACTERS, "a:" * 90_000, 'a: "' * 40_000, "a: [" * 40_000, "\n" + "a\n" * 90_000,
     "[" * MAX_CHARACTERS, '{"prompt": ' * 15_000, "Steps: 1, " * 20_000, 'k: ["k: [", ' * 15_000],
)  # fmt: skip
def test_a_hostile_text_costs_little(text):
    started = time.process_time()
    fit(read_infotext(text), ImageParams.knobs())
    assert time.process_time() - started < 3


def test_what_we_write_is_read_back_as_it_was():
    params = {"prompt": "一只猫, a cat", "negative_prompt": "雾: fog", "style": "oil", "guidance_scale": 4.5,
              "num_inference_steps": 20}  # fmt: skip
    take = Take(art="painting", model='who/a "b", c: d', seed=11, params=params)
    text = write_infotext(take, 2, (256, 256), "DPM++ 2M")
    assert text.endswith(
        "Steps: 20, Sampler: DPM++ 2M, CFG scale: 4.5, Seed: 13, Size: 256x256, "
        'Model: "who/a \\"b\\", c: d", Version: Triptych'
    )
    recipe = read_infotext(text)
    assert recipe.values == {
        "prompt": "一只猫, a cat，油画",
        "negative_prompt": "雾: fog",
        "guidance_scale": 4.5,
        "num_inference_steps": 20,
        "sampler": "DPM++ 2M",
    }
    assert (recipe.seed, recipe.size) == (13, (256, 256))
    assert recipe.others == ("Model",)


def test_our_png_carries_both_and_is_the_same_each_time(tmp_path):
    picture = Image.effect_noise((40, 30), 50).convert("RGB")
    take = Take(art="painting", model="m", seed=5, params={"prompt": "a\x00 boat\x07"})
    file = tmp_path / "a.png"
    file.write_bytes(write_png(picture, take, 1, "Euler"))
    with Image.open(file) as opened:
        note = opened.info["parameters"]
    assert note.startswith("a boat\nSteps: 24, Sampler: Euler, CFG scale: 4, Seed: 6, Size: 40x30, ")
    assert read_png_take(file) == take
    assert read_recipe(file).seed == 6
    assert write_png(picture, take, 1, "Euler") == file.read_bytes()


def test_a_foreign_picture_has_no_take(tmp_path):
    file = tmp_path / "a.png"
    file.write_bytes(with_parameters(OLD_A1111))
    with pytest.raises(UnreadableTake):
        read_png_take(file)


def test_samplers_by_the_names_the_family_knows():
    from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler

    assert name_sampler(DPMSolverMultistepScheduler()) == "DPM++ 2M"
    assert name_sampler(DPMSolverMultistepScheduler(algorithm_type="sde-dpmsolver++")) == "DPM++ 2M SDE"
    assert name_sampler(EulerAncestralDiscreteScheduler()) == "Euler a"
    assert name_sampler(DDIMScheduler()) == "DDIM"


def test_our_own_settings_come_back_where_the_take_is_gone():
    params = ImageParams(
        prompt="a boat", prompt_b="a house, red\nroof", prompt_mix=0.4, seed_walk=1.25, light=-0.5, strength=0.35,
        start=write_address(Image.new("RGB", (64, 64))),
    )  # fmt: skip
    take = Take(art="painting", model="m", seed=4, params=vars(params))
    recipe = read_infotext(write_infotext(take, 0, (256, 256)))
    told = {"prompt_b": "a house, red\nroof", "prompt_mix": 0.4, "seed_walk": 1.25, "light": -0.5, "strength": 0.35}
    assert {name: recipe.values[name] for name in told} == told
    fitted = fit(recipe, ImageParams.knobs())
    assert {name: fitted.values[name] for name in told} == told
    assert (fitted.values["warmth"], fitted.values["style"]) == (0.0, "none")


def test_what_kin_call_strength_and_variation_maps_where_it_means_the_same():
    start = "a\nSteps: 9, CFG scale: 5, Seed: 7, Denoising strength: 0.45"
    assert read_infotext(start).values["strength"] == 0.45
    assert "strength" not in read_infotext(A1111_1_10).values
    near = read_infotext(f"{start}, Variation seed: 8, Variation seed strength: 0.3")
    assert (near.values["seed_walk"], near.others) == (0.3, ())
    far = read_infotext(f"{start}, Variation seed: 99, Variation seed strength: 0.3")
    assert "seed_walk" not in far.values
    assert far.others == ("Variation seed", "Variation seed strength")


@pytest.mark.parametrize(
    ("told", "size", "shape"),
    [("512x512", "512", "1:1"), ("512x768", "640", "2:3"), ("1216x832", "1024", "3:2"), ("1x20000", "128", "9:16")],
)
def test_a_size_is_brought_to_the_nearest_that_can_be_made(told, size, shape):
    fitted = fit(read_infotext(f"a boat\nSteps: 4, Sampler: Euler, CFG scale: 2, Size: {told}"), ImageParams.knobs())
    assert (fitted.values["size"], fitted.values["aspect_ratio"]) == (size, shape)
    made = "x".join(map(str, measure(ImageParams(size=size, aspect_ratio=shape))))
    assert ("size" in fitted.moved) == (made != told)
