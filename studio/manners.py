"""What a shared studio doesn't make for its guests: a list of words, and a classifier where the owner has one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path

from pipelines.errors import PipelineError
from pipelines.params import Params, Text

WORDS = Path(__file__).parent.parent / "assets" / "house" / "words.txt"
ENDINGS = "(?:s|es|ed|ing)?"
LEFT_OUT = ("negative_prompt", "banned_words")
LONGEST = 60  # characters of a phrase
OFTEN, MOST_READ = 400, 2_000  # a classifier reads so many characters, each time a text has grown by so many


class NotMadeHere(PipelineError):
    """Something was asked for, or was being made, that the house rules leave out."""

    sentence = "This studio doesn't make that; its house rules say why. Try other words: the rest of your work is safe."


def read_words(file: Path) -> tuple[str, ...]:
    """Read a list of words and phrases, one a line; raise OSError or UnicodeDecodeError."""
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line.lower() for line in lines if line and not line.startswith("#"))


def compile_words(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds one of the words: Latin ones whole, with the usual endings, others anywhere."""
    parts = [rf"\b{re.escape(word)}{ENDINGS}\b" if word.isascii() else re.escape(word) for word in words]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


class Manners:
    """What is looked for: words, and what `reads`, a classifier, tells to be out of place."""

    def __init__(self, words: Iterable[str] = (), reads: Callable[[str], bool] | None = None) -> None:
        self._pattern, self._reads = compile_words(words), reads

    def check(self, text: str) -> None:
        """Raise NotMadeHere for a text with something in it that isn't made here."""
        if (self._pattern and self._pattern.search(text)) or (self._reads and text.strip() and self._reads(text)):
            raise NotMadeHere

    def check_knob(self, name: str, value: object) -> None:
        """Raise NotMadeHere for what an artist writes; what is to be left out may be called by its name."""
        if isinstance(value, str) and name not in LEFT_OUT:
            self.check(value)

    def check_params(self, params: Params) -> None:
        """Raise NotMadeHere for all that an artist asks for."""
        for one in fields(params):
            if isinstance(one.metadata.get("domain"), Text):
                self.check_knob(one.name, getattr(params, one.name))

    def check_growing(self, text: str, before: int) -> None:
        """Raise NotMadeHere for a text that was looked at when it had `before` characters: its end is read."""
        if self._pattern and self._pattern.search(text[max(0, before - LONGEST) :]):
            raise NotMadeHere
        if self._reads and len(text) // OFTEN > before // OFTEN and self._reads(text[-MOST_READ:]):
            raise NotMadeHere
