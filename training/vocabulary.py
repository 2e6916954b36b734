"""The painter's vocabulary: the words of training/scenes/words.py, whole in English, by the character in Chinese."""

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from training.scenes import captions, synonyms, words
from training.scope import WHOLE, Scope

MAX_WORDS = 48
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def caption_words(scope: Scope = WHOLE) -> list[str]:
    """List every token that a caption of what is to be known can hold, in a fixed order."""
    texts: list[str] = [*words.EN_FRAME, *words.ZH_FRAME, *words.EN_GLUE, *words.ZH_GLUE, *words.MEASURES]
    tables = scope.tables
    for table in tables.values():
        for entry in table.values():
            texts += [*entry["en"], *entry["zh"]]
    for options in (*words.EN_AT.values(), *words.ZH_AT.values()):
        texts += options
    if scope.most > 1:
        names = [name.split(" ") for entry in tables["subject"].values() for name in entry["en"]]
        texts += [" ".join(captions.pluralise(name)) for name in names]
    texts += ["among behind beyond , . -"]
    found = re.findall(r"[a-z]+|[\u4e00-\u9fff]|[-,.，。]", " ".join(texts))
    return list(dict.fromkeys(found))


def build_tokenizer(scope: Scope = WHOLE) -> Any:
    """Build the fast tokenizer; a word it does not know becomes [UNK]."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    vocabulary = {token: index for index, token in enumerate([*SPECIAL, *caption_words(scope)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, handle_chinese_chars=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=MAX_WORDS,
    )


def export_words(folder: Path, scope: Scope = WHOLE) -> None:
    """Write the table of words into a model's folder, for the page to show: kind, name, wordings by language."""
    tables = {"hand" if name == "style" else name: table for name, table in scope.tables.items()}  # it paints plain
    tables["place"] = {name: with_manners(name, said) for name, said in tables["place"].items()}
    (folder / "words.json").write_text(json.dumps(tables, ensure_ascii=False, indent=1) + "\n")
    found = list_synonyms(caption_words(scope), scope.tables)
    (folder / "synonyms.json").write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n")


def with_manners(place: str, said: words.Words) -> words.Words:
    """Add to a place's names how one is there, where that has none of them in it: 街上, 村里."""
    ways = [way for way in words.ZH_AT[place] if not any(name in way for name in said["zh"])]
    return {"en": said["en"], "zh": (*said["zh"], *dict.fromkeys(ways))}


def list_synonyms(known: Collection[str], tables: Mapping[str, Mapping[str, words.Words]]) -> dict[str, str]:
    """List words that a painter with these tokens and tables of words lacks, each with what it is taken for."""
    known = set(known)
    wordings = {said for table in tables.values() for entry in table.values() for said in entry["zh"]}
    found: dict[str, str] = {}
    for wording, others in synonyms.EN.items():
        if known.issuperset(wording.split()):
            found |= {other: wording for other in others.split() if other not in known and other.isalpha()}
    for wording, others in synonyms.ZH.items():
        if known.issuperset(wording):
            found |= {other: wording for other in others.split() if other not in wordings}
    return found
