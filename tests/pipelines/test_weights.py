"""A model is found, refused or missed with the right word."""

import json

import httpx
import pytest
import torch

from pipelines import weights
from pipelines.errors import DeviceMissing, ModelGated, ModelMissing, ModelUnreachable, UnsafeWeights, WrongKind


def make_folder(tmp_path, *files, config=None):
    for name in files:
        (tmp_path / name).write_bytes(b"")
    if config is not None:
        (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


def test_a_folder_with_safetensors_is_taken_as_it_is(tmp_path):
    folder = make_folder(tmp_path, "model.safetensors")
    assert weights.locate(str(folder)) == folder


def test_a_pickle_is_never_opened(tmp_path):
    with pytest.raises(UnsafeWeights):
        weights.locate(str(make_folder(tmp_path, "pytorch_model.bin")))


def test_an_empty_folder_is_no_model(tmp_path):
    with pytest.raises(ModelMissing):
        weights.locate(str(tmp_path))


@pytest.mark.parametrize("source", ["", "no such folder!", "/not/there", "a/b/c/d"])
def test_a_name_that_can_not_be_one_is_missing(source):
    with pytest.raises(ModelMissing):
        weights.locate(source)


def test_without_a_network_the_hub_can_not_be_reached(monkeypatch):
    import huggingface_hub

    def refuse(*args, **kwargs):
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub.HfApi, "list_repo_files", refuse)
    with pytest.raises(ModelUnreachable):
        weights.locate("somebody/some-model-that-is-not-here")


@pytest.mark.parametrize(
    ("files", "error"), [(["pytorch_model.bin", "config.json"], UnsafeWeights), (["README.md"], ModelMissing)]
)
def test_a_hub_model_without_safetensors_is_not_fetched(monkeypatch, files, error):
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub.HfApi, "list_repo_files", lambda *args, **kwargs: files)
    with pytest.raises(error):
        weights.locate("somebody/some-model-that-is-not-here")


def test_a_model_whose_terms_are_not_accepted_yet_says_so(monkeypatch):
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError

    def refuse(*args, **kwargs):
        if kwargs.get("local_files_only"):
            raise huggingface_hub.errors.LocalEntryNotFoundError("not here")
        raise GatedRepoError("403", response=httpx.Response(403, request=httpx.Request("GET", "https://hub")))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    monkeypatch.setattr(huggingface_hub.HfApi, "list_repo_files", lambda *a, **k: ["model.safetensors"])
    with pytest.raises(ModelGated):
        weights.locate("somebody/guarded")


SD15 = [
    "model_index.json", "v1-5-pruned.safetensors", "v1-5-pruned-emaonly.safetensors", "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
    "unet/diffusion_pytorch_model.non_ema.safetensors", "text_encoder/model.safetensors",
    "text_encoder/model.fp16.safetensors", "vae/diffusion_pytorch_model.safetensors",
    "safety_checker/model.safetensors",
]  # fmt: skip
FLUX = [
    "model_index.json", "flux1-dev.safetensors", "ae.safetensors", "vae/diffusion_pytorch_model.safetensors",
    "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
    "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
    "text_encoder_2/model.fp16-00001-of-00001.safetensors", "text_encoder_2/model-00001-of-00001.safetensors",
]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "fetched"),
    [
        (
            SD15,
            {
                "unet/diffusion_pytorch_model.fp16.safetensors",
                "text_encoder/model.fp16.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
            },
        ),
        (
            FLUX,
            {
                "vae/diffusion_pytorch_model.safetensors",
                "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
                "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                "text_encoder_2/model.fp16-00001-of-00001.safetensors",
            },
        ),
        (["config.json", "model.safetensors"], {"model.safetensors"}),
    ],
)
def test_of_a_painter_only_what_is_loaded_is_fetched(names, fetched):
    left = set(names) - set(weights.leave_out(names))
    assert {name for name in left if name.endswith(".safetensors")} == fetched
    assert {name for name in names if not name.endswith(".safetensors")} <= left


def test_a_painters_safety_checker_is_fetched_where_it_is_asked_for():
    names = [*SD15, "safety_checker/config.json"]
    more = set(weights.leave_out(names)) - set(weights.leave_out(names, "safety_checker"))
    assert more == {"safety_checker/model.safetensors"}


def test_a_hub_model_is_known_by_its_name_and_not_by_its_folder(tmp_path):
    hub = tmp_path / "models--somebody--some-model" / "snapshots" / "0123abcd"
    assert weights.name_source(hub) == "somebody/some-model"
    assert weights.name_source(tmp_path) == tmp_path.name


@pytest.mark.parametrize("config", [{}, {"architectures": ["BertModel"]}, {"architectures": "GPT"}, [1]])
def test_a_model_of_another_kind_is_refused(tmp_path, config):
    folder = make_folder(tmp_path, config=config)
    with pytest.raises(WrongKind):
        weights.require_causal_lm(folder, "x", "literature")
    with pytest.raises(WrongKind):
        weights.require_diffusion(folder, "x", "painting")


def test_devices():
    assert weights.choose_device("cpu") == torch.device("cpu")
    assert weights.choose_device("auto").type in ("cpu", "cuda", "mps")
    if not torch.cuda.is_available():
        with pytest.raises(DeviceMissing):
            weights.choose_device("cuda")
    assert weights.choose_dtype(torch.device("cpu")) == torch.float32
    assert weights.list_dtypes(torch.device("mps")) == (torch.float16,)


@pytest.mark.parametrize(
    ("able", "types"),
    [
        ({"avx512_bf16": True}, (torch.bfloat16,)),
        ({"avx512_bf16": False, "amx_bf16": True}, (torch.bfloat16,)),
        ({"avx2": True}, (torch.float32, torch.bfloat16)),
        ({}, (torch.float32, torch.bfloat16)),
    ],
)
def test_a_cpu_paints_in_the_type_it_is_fast_with(monkeypatch, able, types):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    assert weights.list_dtypes(torch.device("cpu")) == types


def test_a_damaged_card_says_nothing(tmp_path):
    (tmp_path / "card.json").write_text("{torn")
    assert weights.read_card(tmp_path) == {}
    (tmp_path / "card.json").write_text('{"bars": {"maximum": 8}, "note": "text"}')
    assert weights.read_card(tmp_path) == {"bars": {"maximum": 8}}
