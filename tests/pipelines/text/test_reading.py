from pathlib import Path

import pytest
import torch

from pipelines.text import TextParams, TextPipeline
from pipelines.text.layout import lay_out
from pipelines.text.reading import suggest_passages, suggest_words, weigh

WRITER = Path(__file__).parents[3] / "assets" / "models" / "writer"
PAGE = "The moon is on the silent sea,\nAnd all the little boats are still;\n"


@pytest.fixture(scope="module")
def writer():
    return TextPipeline.load(WRITER, torch.device("cpu"), torch.float32)


def test_the_weighed_pieces_join_to_the_page(writer):
    for page in (PAGE, "床前明月光，疑是地上霜。"):
        weighed = weigh(writer, TextParams(prompt=page))
        assert "".join(one.piece for one in weighed) == page
        assert all(0 <= one.probability <= 1 for one in weighed)
        likeliest = [chance for _, chance in weighed[3].alternatives]
        assert likeliest == sorted(likeliest, reverse=True)


def test_a_word_is_weighed_as_it_was_when_written(writer):
    params = TextParams(prompt=PAGE, max_tokens=16)
    steps = list(writer.generate(lambda: params, 3))
    weighed = weigh(writer, TextParams(prompt=PAGE + steps[-1].text))[-len(steps) :]
    for step, one in zip(steps, weighed, strict=True):
        assert one.piece == step.piece
        assert one.probability == pytest.approx(step.probability, abs=1e-3)
        assert [word for word, _ in one.alternatives[:2]] == [word for word, _ in step.alternatives[:2]]


def test_only_the_end_of_a_long_page_is_weighed(writer):
    weighed = weigh(writer, TextParams(prompt=PAGE * 200))
    assert 100 < len(weighed) <= 400
    assert (PAGE * 200).endswith("".join(one.piece for one in weighed))
    assert weigh(writer, TextParams(prompt="")) == ()


def test_another_word_reads_both_sides(writer):
    """Before the gap anything may come; only what follows tells a colour of the sky from a time of the day."""
    params = TextParams(prompt="I saw the ", language="en")
    night = suggest_words(writer, params, "day", " and the stars were in the sky;\nThe moon was bright")
    assert len(night) >= 5
    assert "day" not in night
    assert all(word.isalpha() for word in night)
    other = suggest_words(writer, params, "day", " swim in the deep blue sea;\nThe boat was in the bay")
    assert night[:5] != other[:5]


def test_a_chinese_word_is_replaced_by_one_as_long(writer):
    found = suggest_words(writer, TextParams(prompt="床前", language="zh"), "明月", "光，疑是地上霜。")
    assert found
    assert {len(word) for word in found} <= {1, 2}


@pytest.mark.parametrize(
    ("before", "passage", "after", "language"),
    [
        ("The moon is on the silent sea,\n", "And all the boats are still;\n", "I hear a bell\n", "en"),
        ("春江潮水连海平，", "海上明月共潮生。", "\n滟滟随波千万里", "zh"),
    ],
)
def test_passages_are_about_as_long_and_differ(writer, before, passage, after, language):
    params = TextParams(prompt=before, language=language)
    found = list(suggest_passages(writer, params, passage, after, [1, 2, 3]))
    assert len(set(found)) >= 2
    for text in found:
        assert text.count("\n") == passage.count("\n")
        assert text.strip()
        assert len(text) < 4 * len(passage)


def test_memory_stays_in_front_and_the_note_near_the_end():
    tiny = TextPipeline.tiny()
    for page in ("abc.\n" * 100, "abc. " * 100, ""):
        laid = lay_out(tiny.tokenizer, TextParams(prompt=page, memory="moon", note="wind"), 60)
        text = tiny.decode_tokens(laid.tokens)
        assert len(laid.tokens) <= 60
        assert text.index("moon") < text.index("wind")
        assert "moon" in tiny.decode_tokens(laid.tokens[: laid.keep])


def test_what_has_fallen_out_of_sight_is_counted():
    tiny = TextPipeline.tiny()
    page = "abc. " * 100
    laid = lay_out(tiny.tokenizer, TextParams(prompt=page), 60)
    seen = tiny.decode_tokens(laid.tokens[laid.keep :])
    assert laid.fallen == len(page.rstrip(" ")) - len(seen)
    assert lay_out(tiny.tokenizer, TextParams(prompt="abc"), 60).fallen == 0
