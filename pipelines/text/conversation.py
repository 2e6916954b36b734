"""What a chat model is told and asked, and how its template puts that into words."""

from typing import Any

from pipelines.text.forms.catalog import kind_of
from pipelines.text.forms.names import FREE
from pipelines.text.params import TextParams
from pipelines.text.prompt import known_form

SLOT = "\N{SYMBOL FOR START OF TEXT}page\N{SYMBOL FOR END OF TEXT}"
MAKERS = {
    "en": {"verse": "poet", "fiction": "novelist", "play": "playwright"},
    "zh": {
        "verse": "诗人",
        "fiction": "小说家",
        "play": "剧作家",
        "ci": "词人",
        "qu": "散曲作家",
        "modern": "现代诗人",
    },
}
KINDS = {
    "en": {"verse": "poem", "fiction": "story", "play": "play"},
    "zh": {"verse": "诗", "fiction": "小说", "play": "剧本", "ci": "词", "qu": "曲", "modern": "现代诗"},
}
SYSTEM = {
    "en": "You are an accomplished {maker} who writes together with another. You write in English, in their voice. "
    "You reply with the words of the {kind} alone: no heading, no notes, no remarks about it.",
    "zh": "你是一位出色的{maker}，与另一位作者合写作品。请用中文，顺着对方的笔调写。"
    "你的回答只有{kind}本身：不加标题，不作说明，不加评论。",
}
INSTRUCTIONS = {
    ("en", True): "Continue this {kind} exactly where it stops. Write only the continuation.\n\n{page}",
    ("en", False): "Write a {kind} in English. Write only the {kind}.\n\n{page}",
    ("zh", True): "请紧接下文，继续写这篇{kind}。只写续文，不要解释。\n\n{page}",
    ("zh", False): "请用中文写一篇{kind}。只写正文，不要解释。\n\n{page}",
}
AFTERWARDS = {
    "en": "\n\nWhat you write will stand right before the following, so lead up to it and don't repeat it:\n\n{after}",
    "zh": "\n\n你写的文字将紧接在下面这段话之前，请自然过渡到它，不要重复它：\n\n{after}",
}
# A template may name the day; the same take must read the same prompt tomorrow.
ONE_DAY = "{%- macro strftime_now(format) -%}1 January 2026{%- endmacro -%}"

Message = dict[str, str]


def compose(params: TextParams, page: str, written: bool) -> list[Message]:
    """Return what the model is told and asked; `written` says that there is something to go on from."""
    form = known_form(params.language, params.form)
    kind, maker = KINDS[params.language][form], MAKERS[params.language][form]
    if params.verse_form != FREE:
        kind = kind_of(params.verse_form).name
    asked = INSTRUCTIONS[params.language, written].format(kind=kind, page=page)
    if params.after.strip():
        asked += AFTERWARDS[params.language].format(after=params.after.strip())
    return [
        {"role": "system", "content": SYSTEM[params.language].format(maker=maker, kind=kind)},
        {"role": "user", "content": asked},
    ]


def merge(messages: list[Message]) -> list[Message]:
    """Return the messages as one from the user, for a model that knows no system prompt."""
    return [{"role": "user", "content": "\n\n".join(message["content"] for message in messages)}]


def ask(tokenizer: Any, params: TextParams) -> tuple[str, str]:
    """Return the tokenizer's template filled in, as what stands before the page and what after it."""
    messages = _suit(tokenizer, compose(params, SLOT, bool(params.prompt.strip())))
    before, _, after = _render(tokenizer, messages).partition(SLOT)
    return before, after


def find_turn_end(tokenizer: Any) -> int | None:
    """Return the token that the template sets after a reply; a model's settings don't always name it."""
    messages = _suit(tokenizer, compose(TextParams(), SLOT, written=False))
    try:
        rendered = _render(tokenizer, [*messages, {"role": "assistant", "content": SLOT}], reply=False)
    except ValueError:
        return None
    following = rendered.rpartition(SLOT)[2].lstrip()
    added = {str(mark): index for index, mark in tokenizer.added_tokens_decoder.items()}
    return next((added[mark] for mark in sorted(added, key=len, reverse=True) if following.startswith(mark)), None)


def _suit(tokenizer: Any, messages: list[Message]) -> list[Message]:
    """Return the messages as the template takes them: some refuse a system prompt, some leave it out."""
    try:
        told = messages[0]["content"] in _render(tokenizer, messages)
    except ValueError:
        told = False
    return messages if told else merge(messages)


def _render(tokenizer: Any, messages: list[Message], *, reply: bool = True) -> str:
    from jinja2 import TemplateError

    try:
        rendered: str = tokenizer.apply_chat_template(
            messages,
            chat_template=ONE_DAY + tokenizer.get_chat_template(),
            tokenize=False,
            add_generation_prompt=reply,
            enable_thinking=False,
        )
    except TemplateError as error:
        raise ValueError(str(error)) from error
    return rendered
