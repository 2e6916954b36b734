"""The writer's prompt layout, in one place for training and for writing.

A document is `<|language|><|form|>[<|metre|>][<|title|>title]<|text|>body<|end|>`.
"""

from collections.abc import Callable, Sequence

PAD, END, TITLE, TEXT = "<|pad|>", "<|end|>", "<|title|>", "<|text|>"
LANGUAGES = ("en", "zh")
FORMS = ("verse", "fiction", "play", "ci", "qu", "modern")
CHINESE_FORMS = ("ci", "qu", "modern")
METRES = ("wujue", "qijue", "wulu", "qilu")
METRE_LINES = {"wujue": (5, 4), "qijue": (7, 4), "wulu": (5, 8), "qilu": (7, 8)}


def token(name: str) -> str:
    """Return the control token that stands for a language, a form or a metre."""
    return f"<|{name}|>"


CONTROL_TOKENS = (PAD, END, TITLE, TEXT, *(token(name) for name in (*LANGUAGES, *FORMS, *METRES)))


def known_form(language: str, form: str) -> str:
    """Return the form the writer knows in this language: 词, 曲 and 新诗 are verse in English."""
    return "verse" if language == "en" and form in CHINESE_FORMS else form


def header(
    language: str, form: str, title: Sequence[int], control: Callable[[str], int], metre: str | None = None
) -> list[int]:
    """Return the token ids that precede the body; `control` maps a control token to its id."""
    ids = [control(token(language)), control(token(known_form(language, form)))]
    if metre and language == "zh" and form == "verse":
        ids.append(control(token(metre)))
    if title:
        ids += [control(TITLE), *title]
    return [*ids, control(TEXT)]
