"""Forms hold whatever the model says: these models have random weights."""

from dataclasses import replace

import pytest
import torch
from byte_models import save_chat, save_gpt2

from pipelines.errors import FormOfOtherLanguage, NoRhyme, PageInOtherScript, PageOutOfForm, PoemComplete
from pipelines.take import Take, Tape, play
from pipelines.text import TextParams, TextPipeline
from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.checker import check
from pipelines.text.layout import lay_out

WILD = {"temperature": 2.0, "top_p": 1.0, "min_p": 0.0}
QUATRAIN = "The moon is up above the silent sea,\nAnd all the little boats are on the shore,\n"


@pytest.fixture(scope="module")
def tiny():
    return TextPipeline.tiny()


@pytest.fixture(scope="module", params=["gpt2", "chat"])
def hub(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    {"gpt2": save_gpt2, "chat": save_chat}[request.param](folder)
    return TextPipeline.load(folder, torch.device("cpu"), torch.float32)


def ask(verse_form, **values):
    language = kind_of(verse_form).language
    return TextParams(**{"verse_form": verse_form, "language": language, "max_tokens": 1024, **values})


def write(pipeline, form, seed=0, **values):
    params = ask(form, **values)
    steps = list(pipeline.generate(lambda: params, seed))
    return steps[-1].text, steps


def assert_holds(form, poem):
    report = check(form, poem)
    assert report.lines, poem
    assert report.lengths, poem
    assert report.rhymes, poem
    assert report.metre == 1, poem


@pytest.mark.parametrize("form", ["ballad", "limerick", "haiku", "wujue", "yijiangnan"])
def test_a_form_holds_on_random_weights(tiny, form):
    assert_holds(form, write(tiny, form)[0])


def test_a_form_holds_at_the_wildest_and_at_the_coldest(tiny):
    assert_holds("couplet", write(tiny, "couplet", **WILD)[0])
    assert_holds("couplet", write(tiny, "couplet", temperature=0.0)[0])


@pytest.mark.parametrize("form", ["couplet", "wujue"])
def test_a_form_holds_with_half_characters_and_past_the_context(hub, form):
    poem, steps = write(hub, form)
    assert_holds(form, poem)
    assert len(steps) > 20


def test_the_same_seed_writes_the_same_poem_and_another_another(tiny):
    short = {"max_tokens": 16}
    assert write(tiny, "wujue", 1, **short) == write(tiny, "wujue", 1, **short)
    assert write(tiny, "wujue", 1, **short) != write(tiny, "wujue", 2, **short)
    cold = {"temperature": 0.0, "max_tokens": 16}
    assert write(tiny, "wujue", 1, **cold) == write(tiny, "wujue", 2, **cold)


def test_what_is_shown_only_grows_and_every_step_is_read_for(tiny):
    params, reads, shown = ask("haiku"), [], ""
    for count, step in enumerate(tiny.generate(lambda: reads.append(1) or params, 3), start=1):
        assert len(reads) == count
        assert step.text == shown + step.piece
        assert 0 <= step.probability <= 1
        shown = step.text


def test_a_move_acts_within_the_line_and_the_take_replays_it(tiny):
    plain, bent = ask("haiku", max_tokens=24), ask("haiku", temperature=0.0, max_tokens=24)
    straight = list(tiny.generate(lambda: plain, 5))
    calls = iter(range(10**6))
    tape = Tape(lambda: bent if next(calls) >= 4 else plain)
    steered = list(tiny.generate(tape, 5))
    assert steered[:4] == straight[:4]
    assert steered[4:] != straight[4:]
    take = Take.from_json(tape.take(art="literature", model="tiny", seed=5).to_json())
    assert list(play(tiny, take, tiny.knobs)) == steered


@pytest.mark.parametrize("steps", [1, 6])
def test_it_stops_anywhere(tiny, steps):
    params = ask("haiku", max_tokens=16)
    run = tiny.generate(lambda: params, 5)
    kept = [next(run) for _ in range(steps)]
    run.close()
    assert kept == list(tiny.generate(lambda: params, 5))[:steps]


def test_too_short_a_length_leaves_the_poem_as_it_stands(tiny):
    _, steps = write(tiny, "sonnet", max_tokens=16)
    assert len(steps) == 16


def test_the_artists_lines_count_and_are_rhymed_with(tiny):
    poem, _ = write(tiny, "quatrain", prompt=QUATRAIN)
    assert_holds("quatrain", QUATRAIN + poem)
    opening = "白日依山尽，黄河入海流。\n"
    poem, _ = write(tiny, "wujue", prompt=opening)
    assert_holds("wujue", opening + poem)


@pytest.mark.parametrize(
    "opening", ["The moon is on", "The moon is on ", "The moon is on the sea", "The moon is on the sea,"]
)
def test_a_line_half_written_is_finished(hub, opening):
    poem, _ = write(hub, "couplet", prompt=opening)
    assert check("couplet", opening + poem).lengths, opening + poem
    assert check("couplet", opening + poem).rhymes, opening + poem


@pytest.mark.parametrize(
    "opening", ["白日依", "白日依山尽", "白日依山尽，", "白日依山尽，黄河入海流", "白日依山尽，黄河入海流。"]
)
def test_a_clause_half_written_is_finished(tiny, opening):
    poem, _ = write(tiny, "wujue", prompt=opening)
    assert_holds("wujue", opening + poem)


@pytest.mark.parametrize(
    ("form", "values", "error"),
    [
        ("sonnet", {"language": "zh"}, FormOfOtherLanguage),
        ("wujue", {"language": "en"}, FormOfOtherLanguage),
        ("sonnet", {"prompt": "床前明月光"}, PageInOtherScript),
        ("wujue", {"prompt": "The moon"}, PageInOtherScript),
        ("wujue", {"prompt": "白日依山正尽，"}, PageOutOfForm),
        ("wujue", {"prompt": "白日，"}, PageOutOfForm),
        ("haiku", {"prompt": "The moon is over all the silent sea"}, PageOutOfForm),
        ("wujue", {"prompt": "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"}, PoemComplete),
        ("wujue", {"prompt": "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。\n又"}, PoemComplete),
        ("couplet", {"prompt": "The moon is on the sea\nAnd all the night with me\n"}, PoemComplete),
        ("couplet", {"prompt": "I saw upon the table there an orange\n"}, NoRhyme),
    ],
)
def test_what_cannot_be_is_told_before_a_word_is_written(tiny, form, values, error):
    with pytest.raises(error):
        write(tiny, form, **values)


def test_a_free_page_is_written_as_before(tiny):
    free = TextParams(prompt="moon", max_tokens=30)
    assert free.verse_form == "free"
    assert list(tiny.generate(lambda: free, 1)) == list(tiny.generate(lambda: replace(free), 1))


@pytest.mark.parametrize(
    ("form", "header"),
    [
        ("wujue", "<|zh|><|verse|><|wujue|><|text|>"),
        ("qilu", "<|zh|><|verse|><|qilu|><|title|>月<|text|>"),
        ("rumengling", "<|zh|><|ci|><|title|>如梦令・月<|text|>"),
        ("sonnet", "<|en|><|verse|><|alternate|><|title|>moon<|text|>"),
    ],
)
def test_the_form_sets_the_writers_header(tiny, form, header):
    title = {"wujue": "", "sonnet": "moon"}.get(form, "月")
    laid = lay_out(tiny.tokenizer, ask(form, title=title, form="fiction"), 63)
    assert tiny.tokenizer.decode(laid.tokens) == header


def test_a_chat_model_is_told_the_form(tmp_path):
    save_chat(tmp_path)
    chat = TextPipeline.load(tmp_path, torch.device("cpu"), torch.float32)
    words = chat.tokenizer.decode(lay_out(chat.tokenizer, ask("sonnet"), 1500).tokens)
    assert "Write a sonnet in English." in words
