import json
import lzma

import numpy as np
import pytest

from pipelines.text.prompt import CONTROL_TOKENS
from training import text
from training.text import Document

POEM = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"


@pytest.fixture(scope="module")
def tokenizer():
    return text.learn_vocabulary(iter([POEM * 3, "the sea and the sky and the moon\n" * 9]), 400, 60)


def test_every_text_comes_back_from_its_tokens(tokenizer):
    for sample in (POEM, 'Thou art — "more" lovely, don\'t 龘 😀\n\n  é', "<|end|>"):
        ids = tokenizer(sample, split_special_tokens=True)["input_ids"]
        assert tokenizer.decode(ids) == sample
        assert not set(ids) & set(tokenizer.all_special_ids)


def test_a_han_character_is_one_token_and_so_is_a_line_end(tokenizer):
    assert len(tokenizer(POEM)["input_ids"]) == len(POEM)


def test_a_document_is_its_header_its_body_and_an_end(tokenizer):
    work = Document(language="zh", form="verse", text=POEM, title="静夜思", metre="wujue")
    seen = {tokenizer.decode(tokens) for seed in range(16) for _, tokens in text.lay_out([work], tokenizer, 200, seed)}
    titles, metres = ("", "<|title|>静夜思"), ("", "<|wujue|>")
    assert seen == {f"<|zh|><|verse|>{m}{t}<|text|>{POEM}<|end|>" for t in titles for m in metres}


def test_a_long_text_is_cut_at_line_ends_and_only_its_last_passage_ends(tokenizer):
    work = Document(language="en", form="fiction", text="the sea\n" * 60)
    laid = text.lay_out([work], tokenizer, 100, 0)
    assert len(laid) > 1
    assert [d.whole for d, _ in laid] == [False] * (len(laid) - 1) + [True]
    for _, tokens in laid:
        assert len(tokens) <= 101
        assert tokenizer.decode(tokens[:3]) == "<|en|><|fiction|><|text|>"
    assert all(tokenizer.decode(tokens).endswith("sea\n") for _, tokens in laid[:-1])


def test_rows_are_read_with_our_names(tmp_path):
    rows = {
        "zh_poetry": {"form": "shi", "lang": "zh", "title": "静夜思", "text": POEM, "meter": "五言绝句"},
        "en_drama": {"form": "play", "lang": "en", "title": "Emma", "chapter": "Act II", "text": "A: Hm."},
        "en_fiction": {"form": "fiction", "lang": "en", "title": "Tales", "chapter": "3. The Sea", "text": "Once."},
    }
    for name in text.FILES:
        with lzma.open(tmp_path / f"{name}.jsonl.xz", "wt", encoding="utf-8") as lines:
            if name in rows:
                lines.write(json.dumps(rows[name]) + "\n")
    found = {d.set_name: (d.title, d.metre) for d in text.read_documents(tmp_path)}
    assert found == {"zh verse": ("静夜思", "wujue"), "en play": ("Emma", ""), "en fiction": ("The Sea", "")}


def test_a_mix_keeps_its_shares_and_its_seed():
    sets = {"a": [np.zeros(10, np.uint16)] * 3, "b": [np.ones(5, np.uint16)] * 400}
    chosen = text.mix(sets, {"a": 0.25, "b": 0.75}, 1000, seed=1)
    assert sum(len(d) for d in chosen if not d[0]) == pytest.approx(250, abs=10)
    assert sum(map(len, chosen)) == pytest.approx(1000, abs=20)
    again = text.mix(sets, {"a": 0.25, "b": 0.75}, 1000, seed=1)
    assert [d.tolist() for d in chosen] == [d.tolist() for d in again]


def test_about_one_work_in_a_hundred_is_held_out():
    works = [Document(language="en", form="verse", text=f"poem {i}") for i in range(5000)]
    assert 20 < sum(map(text.is_held_out, works)) < 90


def test_control_tokens_come_first_in_the_vocabulary(tokenizer):
    assert tokenizer.convert_ids_to_tokens(list(range(len(CONTROL_TOKENS)))) == list(CONTROL_TOKENS)
