"""The shapes that writers load from the hub: told who they are, steered, replayed, their thoughts kept away."""

import datetime
import itertools

import pytest
import torch

from pipelines.decoding import Decoder, Picked, decode
from pipelines.errors import EndlessThought
from pipelines.take import Replay, Tape
from pipelines.text import TextParams, TextPipeline
from pipelines.text import pipeline as text_pipeline
from pipelines.text.conversation import SYSTEM, ask
from pipelines.text.layout import lay_out
from tests.pipelines.text.checkpoints import (
    CHATML,
    HUB,
    QWEN3_THINKING,
    QWEN3_WILLING,
    build,
    byte_tokenizer,
    save_qwen3,
)

CPU = torch.device("cpu")


def load(folder, **ways):
    return TextPipeline.load(folder, CPU, torch.float32, **ways)


@pytest.fixture(scope="module", params=HUB)
def named(request, tmp_path_factory):
    return request.param, load(build(request.param, tmp_path_factory.mktemp(request.param)))


@pytest.fixture(scope="module")
def model(named):
    return named[1]


def write(pipeline, seed=0, **values):
    """Return the steps up to the end, or until 60 steps are there: a thought of random weights doesn't end."""
    params = TextParams(**{"prompt": "a moon", "max_tokens": 24, **values})
    return list(itertools.islice(pipeline.generate(lambda: params, seed), 60))


def test_it_writes_and_a_take_replays_it(model):
    hot, cool = TextParams(prompt="月", temperature=1.2), TextParams(prompt="月", top_k=3)
    for seed in range(50):  # random weights may end at once
        moves = iter([hot] * 9 + [cool] * 900)
        tape = Tape(lambda moves=moves: next(moves))
        steps = list(itertools.islice(model.generate(tape, seed), 40))
        if len(steps) > 9:
            break
    take = tape.take(art="literature", model="test", seed=seed)
    assert [move.name for move in take.moves] == ["temperature", "top_k"]
    assert list(itertools.islice(model.generate(Replay(take, TextParams), seed), 40)) == steps


def test_no_control_token_reaches_the_page(named):
    name, model = named
    marks = [str(mark) for mark in model.tokenizer.added_tokens_decoder.values()]
    for seed in range(4):
        text = write(model, seed=seed, temperature=2.0, top_p=1.0, min_p=0.0)[-1:]
        assert not any(mark in step.text for step in text for mark in marks), name


def test_the_cache_changes_nothing_however_long_the_page(model):
    """Prompts longer than a sliding window, steps across it, and a context that is filled: as without a cache."""
    prompt = [5 + place % 90 for place in range(40)]

    def greedy(logits, tokens):
        return Picked(int(logits.argmax()), 0.0)

    picked = [p.token for p in itertools.islice(decode(Decoder(model.model, 46), prompt, greedy, keep=4), 6)]
    tokens = list(prompt)
    with torch.inference_mode():
        for _ in range(6):
            tokens.append(int(model.model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0, -1].argmax()))
    assert picked == tokens[40:]
    assert len(list(itertools.islice(decode(Decoder(model.model, 46), prompt, greedy, keep=4), 30))) == 30


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_chat_model_is_told_who_it_is_once_and_asked_for_the_form(named, language):
    name, model = named
    if not model.tokenizer.chat_template:
        pytest.skip(f"{name} is a base model")
    maker, kind = {"en": ("playwright", "play"), "zh": ("剧作家", "剧本")}[language]
    params = TextParams(prompt="A moon.", language=language, form="play")
    before, after = ask(model.tokenizer, params)
    assert before.count(SYSTEM[language].format(maker=maker, kind=kind)) == 1
    assert kind in before.rpartition("\n\n")[0]
    assert "A moon." in model.tokenizer.decode(lay_out(model.tokenizer, params, 1000).tokens)
    assert lay_out(model.tokenizer, params, 1000).fresh


def test_the_turn_ends_where_the_template_ends_it(named):
    name, model = named
    ends = {model.tokenizer.decode([end]) for end in model.ends}
    turn_end = {
        "llama3": "<|eot_id|>", "qwen3": "<|im_end|>", "gemma3": "<end_of_turn>", "mistral": "</s>",
        "gemma-without-system": "<end_of_turn>", "gemma3-seeing": "<end_of_turn>", "smollm3": "<|im_end|>",
        "qwen3-thinking": "<|im_end|>", "gpt2": "<|endoftext|>", "llama": "</s>",
    }[name]  # fmt: skip
    assert turn_end in ends
    assert not {model.tokenizer.convert_tokens_to_ids(turn_end)} & set(model.unwanted.tolist())


@pytest.mark.parametrize("name", ["llama3", "smollm3"])
def test_a_template_that_names_the_day_reads_the_same_tomorrow(name, tmp_path):
    before, _ = ask(load(build(name, tmp_path)).tokenizer, TextParams())
    assert "Today Date: 1 January 2026" in before
    assert datetime.date.today().strftime("%B %Y") not in before


def test_a_base_model_with_a_template_goes_on_from_the_page(tmp_path):
    model = load(build("qwen3", tmp_path), chat=False)
    laid = lay_out(model.tokenizer, TextParams(prompt="a moon", title="Night"), 100)
    assert model.tokenizer.decode(laid.tokens) == "Night\n\na moon"
    assert not laid.fresh


def taught(folder, template, reply):
    """Return a thinking model, trained for a second until it says just this."""
    torch.manual_seed(1)
    save_qwen3(folder, template)
    model = load(folder)
    prompt = lay_out(model.tokenizer, TextParams(prompt="a moon"), 1000).tokens
    answer = model.tokenizer(reply + "<|im_end|>", add_special_tokens=False)["input_ids"]
    tokens = torch.tensor([prompt + answer])
    labels = torch.tensor([[-100] * len(prompt) + answer])
    learner = torch.optim.AdamW(model.model.parameters(), lr=0.02)
    for _ in range(150):
        loss = model.model(input_ids=tokens, labels=labels).loss
        loss.backward()
        learner.step()
        learner.zero_grad()
        if loss < 0.02:
            return model
    pytest.fail(f"not learned: {loss}")


@pytest.mark.parametrize(
    ("template", "reply"),
    [
        (QWEN3_WILLING, "<think>\nA sea?\n</think>\n\nrises"),
        (QWEN3_THINKING, "A sea?\n</think>\n\nrises"),
        (QWEN3_WILLING, "rises"),
    ],
)
def test_thoughts_stay_off_the_page_and_cost_no_length(tmp_path, template, reply):
    model = taught(tmp_path, template, reply)
    steps = write(model, temperature=0.0, max_tokens=16, repetition_penalty=1.0)
    assert steps[-1].text == " rises"
    assert "".join(step.piece for step in steps) == " rises"
    thinking = [step for step in steps if step.state == "thinking"]
    assert bool(thinking) == ("sea" in reply)
    assert not any(step.text for step in thinking)
    assert steps[-1].state == "working"


def test_a_thought_that_never_ends_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(text_pipeline, "LONGEST_THOUGHT", 30)
    model = load(build("qwen3-thinking", tmp_path))
    run = model.generate(lambda: TextParams(prompt="a moon", max_tokens=16), 3)
    steps = [next(run) for _ in range(30)]
    with pytest.raises(EndlessThought):
        next(run)
    assert {(step.text, step.state) for step in steps} == {("", "thinking")}


def test_a_model_that_ends_in_its_thought_is_said_so(tmp_path):
    model = taught(tmp_path, QWEN3_THINKING, "A sea?")
    with pytest.raises(EndlessThought):
        write(model, temperature=0.0, repetition_penalty=1.0)


def test_marks_that_are_special_tokens_work_as_well(tmp_path):
    tokenizer = byte_tokenizer(template=CHATML + "{% endif %}", eos_token="<|im_end|>")
    tokenizer.add_special_tokens({"additional_special_tokens": ["<think>", "</think>", "<|im_start|>"]})
    plain = load(build("qwen3", tmp_path))
    model = TextPipeline(plain.model, tokenizer)
    assert set(model.marks.values()) == {"<think>", "</think>"}
    assert not model.marks.keys() & set(model.unwanted.tolist())
