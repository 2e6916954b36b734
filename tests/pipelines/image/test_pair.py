"""Two painters as one: each text is read by the one that knows its things, and each paints as it would alone."""

import json
import shutil

import pytest
import torch

from pipelines.errors import BrokenModel
from pipelines.image import ImageParams, ImagePipeline
from pipelines.image.lexicon import list_wordings, read_more, read_words
from pipelines.image.tiny import build_painter
from training.sheet import SHIPPED

CPU = torch.device("cpu")
OLD = {"subject": {"boat": {"en": ["a boat"], "zh": ["船"]}}, "place": {"sea": {"en": ["the sea"], "zh": ["海"]}}}
NEW = {
    "subject": {
        "boat": {"en": ["a boat"], "zh": ["船"]},
        "tree": {"en": ["a tree", "a blue tree"], "zh": []},
        "mountain": {"en": [], "zh": ["山"]},
    },
    "place": {"lake": {"en": ["the lake", "sea lake"], "zh": []}},
    "colour": {"red": {"en": ["red"], "zh": []}},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The first alone, the second alone, and the first with the second in its folder."""
    home = tmp_path_factory.mktemp("painters")
    for name, seed, words in (("first", 1, OLD), ("second", 2, NEW)):
        build_painter(seed).save_pretrained(home / name)
        (home / name / "words.json").write_text(json.dumps(words))
        (home / name / "synonyms.json").write_text(json.dumps({"yacht": "boat", "oak": "tree"}))
    shutil.copytree(home / "first", home / "both")
    for part in ("transformer", "text_encoder", "tokenizer", "words.json", "synonyms.json"):
        copy = shutil.copytree if (home / "second" / part).is_dir() else shutil.copy
        (home / "both" / "second").mkdir(exist_ok=True)
        copy(home / "second" / part, home / "both" / "second" / part)
    shutil.copytree(home / "first" / "vae", home / "second" / "vae", dirs_exist_ok=True)  # the pair's is the first's
    return home


@pytest.fixture(scope="module")
def painters(folders):
    return {name: ImagePipeline.load(folders / name, CPU, torch.float32) for name in ("first", "second", "both")}


def paint(pipeline, *prompts, seed=3, **values):
    """Paint with the prompts in turn, the last one to the end."""
    told = {"size": "64", "num_inference_steps": 4, "guidance_scale": 3.0} | values
    left = list(prompts)

    def read():
        return ImageParams(prompt=left.pop(0) if len(left) > 1 else left[0], **told)

    *_, last = pipeline.generate(read, seed)
    return [picture.tobytes() for picture in last.pictures]


@pytest.mark.parametrize(
    ("prompt", "reader"),
    [
        ("a boat by the sea", "first"),
        ("船", "first"),
        ("a yacht, zorp", "first"),
        ("a red boat", "first"),  # a colour is no thing: who doesn't know it leaves it out
        ("a treeless sea", "first"),
        ("a tree by the sea", "second"),
        ("Trees at night", "second"),
        ("two oaks", "second"),
        ("海，山", "second"),
        ("a (tree:0.5) and a boat", "second"),
        ("a boat on the sea lake", "second"),  # where each word is known to the first, but not what they say
    ],
)
def test_a_text_is_painted_as_by_its_reader_alone(painters, prompt, reader):
    assert paint(painters["both"], prompt) == paint(painters[reader], prompt)
    assert paint(painters["first"], prompt) != paint(painters["second"], prompt)


@pytest.mark.parametrize(("prompt", "reader"), [("a boat", "first"), ("a tree", "second")])
@pytest.mark.parametrize("negative", ["a tree", "(a boat:1.3)", "night"])
def test_what_should_not_be_there_is_read_by_the_same_painter(painters, prompt, reader, negative):
    told = paint(painters["both"], prompt, negative_prompt=negative)
    assert told == paint(painters[reader], prompt, negative_prompt=negative)
    assert told != paint(painters[reader], prompt)


def test_pictures_beside_each_other_have_readers_of_their_own(painters):
    both, prompt = painters["both"], "a {boat|tree} at night"
    pictures = paint(both, prompt, num_images=6)
    assert pictures == [paint(both, prompt, seed=seed)[0] for seed in range(3, 9)]
    ours = [[paint(painters[name], prompt, seed=seed)[0] for seed in range(3, 9)] for name in ("first", "second")]
    found = [row.index(picture) for picture, *row in zip(pictures, *ours, strict=True)]
    assert set(found) == {0, 1}


def test_the_way_between_two_prompts_leads_from_one_painter_to_the_other(painters):
    def walk(mix):
        return paint(painters["both"], "a boat", prompt_b="a tree", prompt_mix=mix)

    assert walk(0.0) == paint(painters["first"], "a boat")
    assert walk(1.0) == paint(painters["second"], "a tree")
    shares = [walk(mix)[0] for mix in (0.0, 0.001, 0.5, 0.999, 1.0)]
    apart = [sum(abs(a - b) for a, b in zip(one, shares[0], strict=True)) for one in shares]
    assert apart == sorted(apart)
    assert apart[1] < apart[2] / 20
    assert apart[4] - apart[3] < apart[2] / 20


def test_a_prompt_may_change_its_reader_while_it_is_painted(painters):
    steered = paint(painters["both"], "a boat", "a boat", "a tree")
    assert steered not in (paint(painters["both"], "a boat"), paint(painters["both"], "a tree"))


def test_the_page_is_told_what_the_reader_does_not_know(painters):
    found = painters["both"].find_unknown("an oak and a yacht, zorp")
    assert [(one.word, one.taken) for one in found if one.word != "an"] == [
        ("oak", "tree"), ("and", ""), ("yacht", "boat"), ("zorp", ""),
    ]  # fmt: skip


def test_the_words_are_those_of_both(folders):
    words = read_words(folders / "both")
    assert list(words["subject"]) == ["boat", "tree", "mountain"]
    assert list(words["place"]) == ["sea", "lake"]
    assert "colour" not in words
    assert read_words(folders / "first") == OLD
    assert read_words(folders / "first" / "vae") == {}


def test_a_damaged_second_painter_is_a_broken_model(folders, tmp_path):
    shutil.copytree(folders / "both", tmp_path / "both")
    (tmp_path / "both" / "second" / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BrokenModel):
        ImagePipeline.load(tmp_path / "both", CPU, torch.float32)


@pytest.fixture(scope="module")
def shipped():
    return ImagePipeline.load(SHIPPED, CPU, torch.float32)


def test_every_wording_of_the_shipped_painters_is_read_by_the_one_that_learned_it(shipped):
    tables, more = json.loads((SHIPPED / "words.json").read_text()), read_more(SHIPPED)
    pair = shipped.denoiser
    assert {"cat", "panda", "rocket", "city"} <= {*more["subject"], *more["place"]}
    strays = {said for said in list_wordings(tables) if pair.choose(said) is not pair.first}
    assert strays == set()
    strays = {said for said in list_wordings(more) if pair.choose(said) is not pair.second}
    assert strays == set()
    assert not [said for said in list_wordings(more) if shipped.find_unknown(said)]


@pytest.mark.parametrize(
    ("prompt", "second"),
    [
        ("a fishing boat on the sea", False),
        ("印象派的风景，海边的灯塔", False),
        ("a giant mushroom in the woods, chinese ink", False),
        ("a farm in winter", True),
        ("two kittens", True),
        ("一只猫咪", True),
        ("a ship deep in the sea", True),
        ("白日的原野上有一辆红车，油画", True),
        ("三头象，彩色玻璃窗", True),
        ("湖边的风车，印象派", False),
        ("a windmill, cars", True),
        ("村里的松树", True),
        ("街上的行人", True),
        ("林间的松树", False),
    ],
)
def test_the_shipped_painters_take_what_is_theirs(shipped, prompt, second):
    assert (shipped.denoiser.choose(prompt) is shipped.denoiser.second) is second
