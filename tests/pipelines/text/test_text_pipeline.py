import dataclasses

import pytest
import torch

from pipelines.errors import BrokenModel, WrongKind
from pipelines.take import Replay, Tape
from pipelines.text import TextParams, TextPipeline
from pipelines.text.layout import lay_out
from pipelines.text.pipeline import join
from pipelines.text.prompt import END
from tests.pipelines.text.checkpoints import save_gpt2, save_llama, save_qwen3


@pytest.fixture(scope="module", params=["tiny", "gpt2", "llama", "qwen3"])
def pipeline(request, tmp_path_factory):
    if request.param == "tiny":
        return TextPipeline.tiny()
    folder = tmp_path_factory.mktemp(request.param)
    {"gpt2": save_gpt2, "llama": save_llama, "qwen3": save_qwen3}[request.param](folder)
    return TextPipeline.load(folder, torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def tiny():
    return TextPipeline.tiny()


def write(pipeline, seed=0, **values):
    params = TextParams(**{"prompt": "a moon", "max_tokens": 24, **values})
    return list(pipeline.generate(lambda: params, seed))


def test_the_same_seed_writes_the_same_text(pipeline):
    assert write(pipeline, seed=5) == write(pipeline, seed=5)
    assert write(pipeline, seed=5) != write(pipeline, seed=6)


def test_temperature_zero_ignores_the_seed(pipeline):
    assert write(pipeline, seed=1, temperature=0.0) == write(pipeline, seed=2, temperature=0.0)


def test_a_move_reaches_the_next_token(pipeline):
    """From the seventh token on the run must be greedy: replay it by hand from the greedy choice after six tokens."""
    hot, cold = TextParams(prompt="a", max_tokens=40, temperature=2.0), None
    cold = dataclasses.replace(hot, temperature=0.0)
    reads = iter([hot] * 7 + [cold] * 40)
    steered = list(pipeline.generate(lambda: next(reads), 3))
    plain = list(pipeline.generate(lambda: hot, 3))
    assert steered[:6] == plain[:6]
    assert steered[6:] != plain[6:]
    other = iter([hot] * 7 + [cold] * 40)
    assert list(pipeline.generate(lambda: next(other), 3))[6:] == steered[6:]


def test_max_tokens_can_be_lowered_while_it_writes(tiny):
    long, short = TextParams(max_tokens=200), TextParams(max_tokens=16)
    reads = iter([long] * 20 + [short] * 200)
    assert len(list(tiny.generate(lambda: next(reads), 1))) <= 21


def test_read_is_called_once_a_token(tiny):
    calls = []
    steps = list(tiny.generate(lambda: calls.append(1) or TextParams(max_tokens=16), 0))
    assert len(calls) == len(steps)


def test_it_stops_at_any_step(pipeline):
    run = pipeline.generate(lambda: TextParams(prompt="x"), 0)
    next(run)
    run.close()
    assert list(run) == []


def test_a_take_replays_to_the_same_text(pipeline):
    moves = iter([TextParams(temperature=1.2, max_tokens=60)] * 9 + [TextParams(top_k=3, max_tokens=60)] * 90)
    tape = Tape(lambda: next(moves))
    steps = list(pipeline.generate(tape, 11))
    take = tape.take(art="literature", model="test", seed=11)
    assert any(move.name == "top_k" for move in take.moves)
    assert list(pipeline.generate(Replay(take, TextParams), 11)) == steps


def test_the_work_goes_on_past_the_context(tiny):
    steps = write(tiny, max_tokens=300, prompt="moon " * 40)
    assert tiny.context == 64
    assert all(0 <= step.probability <= 1 for step in steps)
    assert any(len(write(tiny, seed=s, max_tokens=300)) > 100 for s in range(20))


def test_a_page_longer_than_the_context_keeps_its_header_and_newest_words(tiny):
    page = "old " * 50 + "new"
    laid = lay_out(tiny.tokenizer, TextParams(prompt=page, title="moon"), 63)
    assert len(laid.tokens) == 63
    words = tiny.tokenizer.decode(laid.tokens)
    assert words.startswith("<|en|><|verse|><|title|>moon<|text|>")
    assert words.endswith("old new")


def test_what_is_yielded_is_whole_characters_that_add_up(pipeline):
    for seed in range(6):
        told = ""
        for step in write(pipeline, seed=seed, max_tokens=60, temperature=2.0, top_p=1.0, min_p=0.0):
            told += step.piece
            assert step.text == told
            assert "\N{REPLACEMENT CHARACTER}" not in step.text
            step.text.encode()


def test_a_control_token_typed_on_the_page_stays_letters(pipeline):
    special = set(pipeline.tokenizer.all_special_ids)
    for word in (END, "<|im_end|>", "</s>", "<|endoftext|>"):
        plain = lay_out(pipeline.tokenizer, TextParams(prompt="a"), 390).tokens
        typed = lay_out(pipeline.tokenizer, TextParams(prompt="a" + word), 390).tokens
        assert [t for t in typed if t in special] == [t for t in plain if t in special]


def test_control_tokens_are_never_written(tiny):
    for seed in range(5):
        assert "<|" not in "".join(s.piece for s in write(tiny, seed=seed, max_tokens=60, temperature=2.0))


def test_the_end_token_ends_the_text(tiny):
    biased = TextPipeline.tiny()
    biased.ends = frozenset(range(biased.size))
    assert write(biased) == []
    assert tiny.tokenizer.convert_tokens_to_ids(END) in tiny.ends


def test_repetition_is_dear_for_words_and_free_for_marks_and_line_ends(tiny):
    tokens = tiny.tokenizer("moon\n,。", add_special_tokens=False)["input_ids"]
    assert [tiny._is_word(token) for token in tokens] == [True] * 4 + [False] * 3
    free = write(tiny, temperature=0.0, repetition_penalty=1.0, prompt="moon")
    assert free != write(tiny, temperature=0.0, repetition_penalty=2.0, prompt="moon")


def test_an_empty_page_is_a_start(pipeline):
    assert write(pipeline, prompt="")


def test_blanks_at_the_end_of_the_page_are_not_doubled(tiny):
    bare = write(tiny, prompt="the moon", temperature=0.0)
    spaced = write(tiny, prompt="the moon ", temperature=0.0)
    assert [s.probability for s in bare] == [s.probability for s in spaced]
    assert spaced[-1].text in (bare[-1].text, bare[-1].text.removeprefix(" "))


@pytest.mark.parametrize(
    ("page", "piece", "fresh", "joined"),
    [
        ("the moon", " rises", False, " rises"),
        ("the moon ", " rises", False, "rises"),
        ("the moon ", "\n", False, "\n"),
        ("the moon", "rises", True, " rises"),
        ("the moon\n", "rises", True, "rises"),
        ("明月", "光", True, "光"),
        ("", "Rises", True, "Rises"),
    ],
)
def test_the_first_word_sits_well_against_the_page(page, piece, fresh, joined):
    assert join(page, piece, fresh) == joined


def test_a_chat_model_gets_its_template_and_an_instruction(tmp_path):
    save_qwen3(tmp_path)
    pipeline = TextPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    params = TextParams(prompt="床前明月光", language="zh", form="ci")
    words = pipeline.tokenizer.decode(lay_out(pipeline.tokenizer, params, 999).tokens)
    assert words.startswith("<|im_start|>system\n你是一位出色的词人")
    assert "<|im_end|>\n<|im_start|>user\n请紧接下文，继续写这篇词" in words
    assert words.endswith("床前明月光<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n")


def test_a_model_of_another_kind_and_a_damaged_one_are_told_apart(tmp_path):
    (tmp_path / "config.json").write_text('{"architectures": ["CLIPTextModel"], "model_type": "clip_text_model"}')
    with pytest.raises(WrongKind):
        TextPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    save_gpt2(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(BrokenModel):
        TextPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
