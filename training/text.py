"""Read the text sets, cut them to passages, learn a bilingual vocabulary and lay documents out as tokens."""

import hashlib
import json
import lzma
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from pipelines.text.prompt import CONTROL_TOKENS, END, METRE_LINES, METRES, SCHEMES, header, token
from pipelines.text.vocabulary import WORDS, assemble
from training.decoder import Tokens
from training.gaps import Gaps
from training.rhymes import name_scheme

FILES = (
    "zh_poetry", "zh_fiction", "zh_drama", "en_poetry", "en_fiction", "en_drama", "children_stories"
)  # fmt: skip
FORM_NAMES = {
    "shi": "verse", "poem": "verse", "modern_poem": "modern", "story": "fiction", "prose": "fiction"
}  # fmt: skip
METRE_NAMES = {"五言绝句": "wujue", "七言绝句": "qijue", "五言律诗": "wulu", "七言律诗": "qilu"}
NUMBER_ONLY = re.compile(r"^(chapter|act|scene|part|book|第.{1,6}[回章折出卷]|[ivxlc]+\b|\d+)[\s\divxlc.:,]*$", re.I)
LEADING_NUMBER = re.compile(r"^(\d+|[IVXLC]+)\.\s+")
HELD_OUT_PERCENT = 1


@dataclass(frozen=True, kw_only=True)
class Document:
    """One work, or one passage of a longer one; `whole` says that its end is the work's end."""

    language: str
    form: str
    text: str
    title: str = ""
    metre: str = ""
    set_name: str = ""
    whole: bool = True


def read_documents(folder: Path) -> Iterator[Document]:
    """Yield every work in the text folder, with the writer's names for its form and metre."""
    for name in FILES:
        with lzma.open(folder / f"{name}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for line in lines:
                yield _document(json.loads(line), name)


def _document(row: dict[str, Any], file: str) -> Document:
    form = FORM_NAMES.get(row["form"], row["form"])
    metre = METRE_NAMES.get(row.get("meter") or "", "")
    text = re.sub(r"[ \t]+\n", "\n", row["text"].replace("\r", "")).strip("\n")
    if metre and not _keeps_metre(text, metre):
        metre = ""
    if form == "verse" and row["lang"] == "en":
        metre = name_scheme(text)
    label = "story" if file == "children_stories" else form
    return Document(
        language=row["lang"],
        form=form,
        text=text,
        title=_title(row),
        metre=metre,
        set_name=f"{row['lang']} {label}",
    )


def _keeps_metre(text: str, metre: str) -> bool:
    characters, lines = METRE_LINES[metre]
    found = [line for line in re.split(r"[，。！？；、：\n]+", text) if line]
    return len(found) == lines and all(len(line) == characters for line in found)


def _title(row: dict[str, Any]) -> str:
    """Return the chapter's own name when it has one, the book's otherwise, without numbers."""
    chapter = (row.get("chapter") or "").split("·")[-1].strip()
    title = row["title"] if not chapter or NUMBER_ONLY.match(chapter) else chapter
    return LEADING_NUMBER.sub("", title).strip()[:60]


def is_held_out(document: Document) -> bool:
    """Return whether a hash of the text puts this work in the one per cent that is never trained on."""
    digest = hashlib.blake2b(document.text.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % 100 < HELD_OUT_PERCENT


def learn_vocabulary(texts: Iterator[str], size: int, characters: int) -> Any:
    """Learn a byte-pair vocabulary of `size` tokens; return it as a tokenizer ready for `save_pretrained`.

    Every Han character is a word of its own, so a token is never two of them and a line's tokens count its metre. The
    `characters` most frequent characters are tokens; rarer ones fall back to their UTF-8 bytes, so nothing is unknown.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), "isolated")
    reserved = len(CONTROL_TOKENS) + 256
    trainer = trainers.BpeTrainer(
        vocab_size=size - reserved, limit_alphabet=characters, show_progress=False, min_frequency=2
    )
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]
    names = sorted(learned["vocab"], key=learned["vocab"].__getitem__)
    return assemble(names, [(left, right) for left, right in learned["merges"]])


def cut(tokens: Sequence[int], longest: int, line_end: int) -> list[list[int]]:
    """Cut a body into passages of at most `longest` tokens, at the last line end that keeps a piece over half full."""
    pieces, rest = [], list(tokens)
    while len(rest) > longest:
        window = rest[:longest]
        ends = [i for i in range(longest // 2, longest) if window[i] == line_end]
        place = ends[-1] + 1 if ends else longest
        pieces.append(rest[:place])
        rest = rest[place:]
    return [*pieces, rest] if rest else pieces


def lay_out(  # noqa: PLR0913  all that decides how a document is laid
    documents: Sequence[Document], tokenizer: Any, context: int, seed: int, gaps: float = 0.0, shortest: int = 0
) -> list[tuple[Document, Tokens]]:
    """Return the token arrays of these works, cut to at most `context + 1` tokens, each with its header.

    Half of the passages carry their title and half of the poems whose metre or rhyme scheme is known carry that; a
    share `gaps` of them learn to fill one. The seed decides which. Works of under `shortest` tokens are left out.
    """
    chance = np.random.default_rng(seed)
    control = tokenizer.convert_tokens_to_ids
    line_end, end = control("\n"), control(END)
    cutter = Gaps(tokenizer)
    known = {name for name in (*METRES, *SCHEMES) if control(token(name)) is not None}  # an older writer knows fewer
    bodies = tokenizer([d.text for d in documents], split_special_tokens=True)["input_ids"]
    titles = tokenizer([d.title for d in documents], split_special_tokens=True)["input_ids"]
    laid: list[tuple[Document, Tokens]] = []
    for document, body, title in zip(documents, bodies, titles, strict=True):
        if len(body) < shortest:
            continue
        pieces = cut(body, context - 32, line_end)
        for place, piece in enumerate(pieces):
            named, measured = chance.random(2) < 0.5
            shown = title[:24] if named else []
            metre = document.metre if measured and document.metre in known else ""
            last = place == len(pieces) - 1
            after: list[int] = []
            if gaps and chance.random() < gaps:
                piece, after = cutter.open(piece, chance)  # noqa: PLW2901  what is left of it
            ids = header(document.language, document.form, shown, control, metre, after) + piece
            if last or after:
                ids.append(end)
            laid.append((replace(document, whole=last), np.array(ids, np.uint16)))
    return laid


def mix(sets: dict[str, list[Tokens]], shares: dict[str, float], total: int, seed: int) -> list[Tokens]:
    """Return about `total` tokens of documents in random order, each set with its share, repeated where it is small."""
    chance = np.random.default_rng(seed)
    chosen: list[Tokens] = []
    for name, share in sorted(shares.items()):
        wanted = total * share / sum(shares.values())
        while wanted > 0:
            for place in chance.permutation(len(sets[name])):
                if wanted <= 0:
                    break
                chosen.append(sets[name][place])
                wanted -= len(sets[name][place])
    return [chosen[place] for place in chance.permutation(len(chosen))]
