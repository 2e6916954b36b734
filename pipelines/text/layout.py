"""Lay a page out as tokens, in the way the loaded model was taught to read one.

What the artist writes is always tokenised as plain text: a control token typed on the page stays letters.
"""

from dataclasses import dataclass
from typing import Any

from pipelines.text.conversation import ask
from pipelines.text.params import TextParams
from pipelines.text.prompt import END, TEXT, header

Tokens = list[int]


@dataclass(frozen=True)
class Laid:
    """Tokens of a page, and how many at the front must stay when the context is full.

    `fresh` says that the model answers in a reply of its own and doesn't simply go on.
    """

    tokens: Tokens
    keep: int
    fresh: bool = False


def lay_out(tokenizer: Any, params: TextParams, room: int) -> Laid:
    """Return the page as at most `room` tokens: the writer's header, a chat template, or just the page."""
    if is_ours(tokenizer):
        front, page, back = _for_writer(tokenizer, params)
    elif tokenizer.chat_template:
        front, page, back = _for_chat(tokenizer, params)
    else:
        front, page, back = _for_base(tokenizer, params)
    left = room - len(front) - len(back)
    newest = page[-left:] if left > 0 else []
    return Laid((front + newest + back)[-room:], min(len(front), room // 2), fresh=bool(back))


def is_ours(tokenizer: Any) -> bool:
    """Return whether the vocabulary has the writer's control tokens."""
    vocabulary = tokenizer.get_vocab()
    return TEXT in vocabulary and END in vocabulary


def _plain(tokenizer: Any, page: str) -> Tokens:
    ids: Tokens = tokenizer(page, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return ids


def _for_writer(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    title = _plain(tokenizer, params.title.strip())
    front = header(params.language, params.form, title, tokenizer.convert_tokens_to_ids)
    return front, _plain(tokenizer, params.prompt.rstrip(" ")), []


def _for_chat(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    before, after = ask(tokenizer, params)
    front = tokenizer(before, add_special_tokens=False)["input_ids"]
    return front, _plain(tokenizer, title_page(params)), tokenizer(after, add_special_tokens=False)["input_ids"]


def _for_base(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    front = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    page = _plain(tokenizer, title_page(params))
    return front, page if front or page else _plain(tokenizer, "\n"), []


def title_page(params: TextParams) -> str:
    """Return the page under its title, without the blanks at its end."""
    title, page = params.title.strip(), params.prompt.rstrip(" ")
    return f"{title}\n\n{page}" if title else page
