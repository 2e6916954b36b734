"""The writer's prompt layout, in one place for training and for writing.

A document is `<|language|><|form|>[<|metre|>][<|title|>title][<|after|>what follows]<|text|>body<|end|>`. Where the
header says what follows, the body ends where that begins: so a gap in a page is filled by going on from what is before
it.
"""

from collections.abc import Callable, Sequence

PAD, END, TITLE, AFTER, TEXT = "<|pad|>", "<|end|>", "<|title|>", "<|after|>", "<|text|>"
LANGUAGES = ("en", "zh")
FORMS = ("verse", "fiction", "play", "ci", "qu", "modern")
CHINESE_FORMS = ("ci", "qu", "modern")
METRES = ("wujue", "qijue", "wulu", "qilu")
SCHEMES = ("couplets", "alternate", "ballad")  # aabb, abab and xaya: what stands in an English poem's header
METRE_LINES = {"wujue": (5, 4), "qijue": (7, 4), "wulu": (5, 8), "qilu": (7, 8)}


def token(name: str) -> str:
    """Return the control token that stands for a language, a form or a metre."""
    return f"<|{name}|>"


CONTROL_TOKENS = (PAD, END, TITLE, AFTER, TEXT, *map(token, (*LANGUAGES, *FORMS, *METRES, *SCHEMES)))


def known_form(language: str, form: str) -> str:
    """Return the form the writer knows in this language: 词, 曲 and 新诗 are verse in English."""
    return "verse" if language == "en" and form in CHINESE_FORMS else form


def header(  # noqa: PLR0913  all that a header may hold
    language: str, form: str, title: Sequence[int], control: Callable[[str], int],
    metre: str | None = None, after: Sequence[int] = (),
) -> list[int]:  # fmt: skip
    """Return the token ids that precede the body; `control` maps a control token to its id."""
    ids = [control(token(language)), control(token(known_form(language, form)))]
    if metre:
        ids.append(control(token(metre)))
    if title:
        ids += [control(TITLE), *title]
    if after:
        ids += [control(AFTER), *after]
    return [*ids, control(TEXT)]
