"""Lay a page out as tokens, in the way the loaded model was taught to read one.

What the artist writes is always tokenised as plain text: a control token typed on the page stays letters.
"""

from dataclasses import dataclass
from typing import Any

from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.names import FREE
from pipelines.text.params import TextParams
from pipelines.text.prompt import END, TEXT, header, known_form

Tokens = list[int]

SLOT = "\N{SYMBOL FOR START OF TEXT}page\N{SYMBOL FOR END OF TEXT}"
KINDS = {
    "en": {"verse": "poem", "fiction": "story", "play": "play"},
    "zh": {"verse": "诗", "fiction": "小说", "play": "剧本", "ci": "词", "qu": "曲", "modern": "现代诗"},
}
INSTRUCTIONS = {
    ("en", True): "Continue this {kind} exactly where it stops. Write only the continuation.\n\n{page}",
    ("en", False): "Write a {kind} in English. Write only the {kind}.\n\n{page}",
    ("zh", True): "请紧接下文，继续写这篇{kind}。只写续文，不要解释。\n\n{page}",
    ("zh", False): "请用中文写一篇{kind}。只写正文，不要解释。\n\n{page}",
}


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
    form, metre = params.form, None
    if params.verse_form != FREE:
        kind = kind_of(params.verse_form)
        form, metre = kind.form, kind.metre
    front = header(params.language, form, _plain(tokenizer, _title(params)), tokenizer.convert_tokens_to_ids, metre)
    return front, _plain(tokenizer, params.prompt.rstrip(" ")), []


def _for_chat(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    kind = KINDS[params.language][known_form(params.language, params.form)]
    if params.verse_form != FREE:
        kind = kind_of(params.verse_form).name
    words = INSTRUCTIONS[params.language, bool(params.prompt.strip())].format(kind=kind, page=SLOT)
    rendered: str = tokenizer.apply_chat_template(
        [{"role": "user", "content": words}],
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    before, _, after = rendered.partition(SLOT)
    front = tokenizer(before, add_special_tokens=False)["input_ids"]
    return front, _plain(tokenizer, _titled(params)), tokenizer(after, add_special_tokens=False)["input_ids"]


def _for_base(tokenizer: Any, params: TextParams) -> tuple[Tokens, Tokens, Tokens]:
    front = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    page = _plain(tokenizer, _titled(params))
    return front, page if front or page else _plain(tokenizer, "\n"), []


def _title(params: TextParams) -> str:
    """Return the title, behind the tune's name where the verse form is a tune."""
    tune = "" if params.verse_form == FREE else kind_of(params.verse_form).title
    return "・".join(filter(None, (tune, params.title.strip())))


def _titled(params: TextParams) -> str:
    title, page = _title(params), params.prompt.rstrip(" ")
    return f"{title}\n\n{page}" if title else page
