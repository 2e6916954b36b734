"""Lay a page out as tokens, in the way the loaded model was taught to read one.

What the artist writes is always tokenised as plain text: a control token typed on the page stays letters.
"""

from dataclasses import dataclass
from typing import Any

from pipelines.text.conversation import ask
from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.names import FREE
from pipelines.text.params import TextParams
from pipelines.text.prompt import AFTER, END, TEXT, header, token

Tokens = list[int]

NOTE_LINES, NOTE_CHARACTERS = 3, 400
LONGEST_TITLE, LONGEST_AFTER = 48, 120  # tokens; the writer has learned from no longer ones


@dataclass(frozen=True)
class Laid:
    """Tokens of a page, and how many at the front must stay when the context is full.

    `fresh` says that the model answers in a reply of its own and doesn't simply go on; `fallen` is how many
    characters of the page, from its start, the model doesn't see.
    """

    tokens: Tokens
    keep: int
    fresh: bool = False
    fallen: int = 0


def lay_out(tokenizer: Any, params: TextParams, room: int) -> Laid:
    """Return the page as at most `room` tokens: the writer's header, a chat template, or just the page."""
    if is_ours(tokenizer):
        front, back = _for_writer(tokenizer, params, room)
    elif tokenizer.chat_template:
        front, back = _for_chat(tokenizer, params)
    else:
        front, back = _for_base(tokenizer, params)
    early, note, late = _page(tokenizer, params)
    front = front[: room // 2]
    left = max(0, room - len(front) - len(back) - len(note))
    after = _newest(late, left)
    before = _newest(early, left - len(after))
    lost = (early + late)[: len(early) + len(late) - len(before) - len(after)]
    fallen = len(tokenizer.decode(lost, skip_special_tokens=True)) if lost else 0
    return Laid((front + before + note + after + back)[-room:], len(front), bool(back), fallen)


def lay_plain(tokenizer: Any, params: TextParams, room: int) -> Laid:
    """Return the page as a text that is read and not answered, without the note: as at most `room` tokens."""
    front, _ = _for_writer(tokenizer, params, room) if is_ours(tokenizer) else _for_base(tokenizer, params)
    front = front[: room // 2]
    page = _newest(plain(tokenizer, params.prompt.rstrip(" ")), room - len(front))
    return Laid(front + page, len(front))


def _newest(tokens: Tokens, count: int) -> Tokens:
    return tokens[max(0, len(tokens) - count) :] if count > 0 else []


def is_ours(tokenizer: Any) -> bool:
    """Return whether the vocabulary has the writer's control tokens."""
    return _knows(tokenizer, TEXT) and _knows(tokenizer, END)


def fills(tokenizer: Any) -> bool:
    """Return whether the model was taught to lead up to what comes after a gap."""
    return is_ours(tokenizer) and _knows(tokenizer, AFTER)


def _knows(tokenizer: Any, mark: str) -> bool:
    return tokenizer.convert_tokens_to_ids(mark) not in (None, tokenizer.unk_token_id)


def plain(tokenizer: Any, page: str) -> Tokens:
    """Return text as tokens; a control token typed in it stays letters."""
    ids: Tokens = tokenizer(page, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return ids


def _page(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    early, note, late = (plain(tokenizer, part) if part else [] for part in split_page(params))
    return early, note, late


def split_page(params: TextParams) -> tuple[str, str, str]:
    """Return the page in two parts, and between them the note, which stands before the last few lines."""
    page, note = params.prompt.rstrip(" "), params.note.strip()
    if not note:
        return "", "", page
    last = "".join(page[-NOTE_CHARACTERS:].splitlines(keepends=True)[-NOTE_LINES:])
    return page[: len(page) - len(last)], f"[{note}]\n", last


def write_out(params: TextParams) -> str:
    """Return all that a model reads as one text: memory, title, page and note."""
    return _remember(params, _title(params)) + "".join(split_page(params))


def _for_writer(tokenizer: Any, params: TextParams, room: int) -> tuple[Tokens, Tokens]:
    form, metre = params.form, None
    if params.verse_form != FREE:
        kind = kind_of(params.verse_form)
        form, metre = kind.form, kind.metre if kind.metre and _knows(tokenizer, token(kind.metre)) else None
    title = plain(tokenizer, _title(params))[: min(LONGEST_TITLE, room // 3)]
    after = plain(tokenizer, params.after)[: min(LONGEST_AFTER, room // 4)] if fills(tokenizer) else []
    front = header(params.language, form, title, tokenizer.convert_tokens_to_ids, metre, after)
    return [*front, *plain(tokenizer, _remember(params))], []


def _for_chat(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens]:
    before, after = (tokenizer(part, add_special_tokens=False)["input_ids"] for part in ask(tokenizer, params))
    return before + plain(tokenizer, _remember(params, _title(params))), after


def _for_base(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens]:
    front = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    front += plain(tokenizer, _remember(params, _title(params)))
    return front if front or params.prompt.strip(" ") else plain(tokenizer, "\n"), []


def _remember(params: TextParams, *more: str) -> str:
    """Return what stays before the page: the memory, and whatever else, each with a blank line after it."""
    return "".join(f"{part.strip()}\n\n" for part in (params.memory, *more) if part.strip())


def _title(params: TextParams) -> str:
    """Return the title, behind the tune's name where the verse form is a tune."""
    tune = "" if params.verse_form == FREE else kind_of(params.verse_form).title
    return "・".join(filter(None, (tune, params.title.strip())))
