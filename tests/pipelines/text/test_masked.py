import pytest
import torch
from transformers import BertConfig, BertForMaskedLM, BertTokenizerFast

from pipelines.errors import BrokenModel, WrongKind
from pipelines.text.masked import MaskedReader

WORDS = "the moon sea is bright deep and i saw a today ##s".split()
LETTERS = list("月海亮深光水很明，。")
LESSONS = ["the moon is bright", "the sea is deep", "月 光 很 亮", "海 水 很 深"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT that has learned four sentences with their first noun masked."""
    place = tmp_path_factory.mktemp("bert")
    (place / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *LETTERS]))
    tokenizer = BertTokenizerFast(vocab=str(place / "vocab.txt"))
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    model = BertForMaskedLM(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **size))
    ids = [tokenizer(lesson)["input_ids"] for lesson in LESSONS]
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for turn in range(160):
        loss = torch.zeros(())
        for row in ids:
            clean = torch.tensor([row])
            masked = clean.clone()
            places = [2] if row[1] == tokenizer.convert_tokens_to_ids("the") else [1, 2][turn % 2 :]
            masked[0, places] = tokenizer.mask_token_id
            loss = loss + model(input_ids=masked, labels=clean).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


@pytest.fixture(scope="module")
def reader(folder):
    return MaskedReader.load(folder, torch.device("cpu"), torch.float32)


def test_what_follows_decides(reader):
    assert reader.suggest_words("the ", "star", " is bright")[0] == "moon"
    assert reader.suggest_words("the ", "star", " is deep")[0] == "sea"


def test_a_chinese_word_is_as_long(reader):
    found = reader.suggest_words("", "星星", "很亮")
    assert found[0] == "月光"
    assert {len(word) for word in found} == {2}


def test_only_whole_other_words_are_offered(reader):
    found = reader.suggest_words("the ", "moon", " is bright")
    assert "moon" not in found
    assert all(word.isalpha() and "##" not in word for word in found)


def test_a_long_page_is_cut_to_what_the_model_can_read(reader):
    assert reader.suggest_words("月" * 5000, "海", "深" * 5000)


def test_another_kind_of_model_is_refused(tmp_path, folder):
    (tmp_path / "config.json").write_text('{"architectures": ["GPT2LMHeadModel"]}')
    with pytest.raises(WrongKind):
        MaskedReader.load(tmp_path, torch.device("cpu"), torch.float32)
    (tmp_path / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(BrokenModel):
        MaskedReader.load(tmp_path, torch.device("cpu"), torch.float32)
