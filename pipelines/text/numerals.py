"""The numbers of chapters and scenes: 4, 04, ４, IV, four, fourth, 四, 一〇四; read, and written in the same manner."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

LAST = 999
WORDS = (
    *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth"),
)
ROMAN = (
    *((100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
HAN = "零一二三四五六七八九"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _roman(value: int) -> str:
    written = ""
    for worth, letters in ROMAN:
        written += letters * (value // worth)
        value %= worth
    return written


def _word(value: int) -> str:
    if value < len(WORDS):
        return WORDS[value]
    return "-".join(filter(None, (TENS[value // 10], WORDS[value % 10]))) if value < 100 else str(value)


def _ordinal(value: int) -> str:
    return ORDINALS[value] if value < len(ORDINALS) else f"{value}th"


def _han(value: int) -> str:
    hundreds, tens, ones = value // 100, value // 10 % 10, value % 10
    written = f"{HAN[hundreds]}百" if hundreds else ""
    if tens:
        written += "十" if tens == 1 and not hundreds else f"{HAN[tens]}十"
    elif hundreds and ones:
        written += "零"
    return written + (HAN[ones] if ones else "")


WRITERS: dict[str, Callable[[int], str]] = {
    "digits": str,
    "wide": lambda value: str(value).translate(WIDE),
    "roman": _roman,
    "word": _word,
    "ordinal": _ordinal,
    "han": _han,
    "short han": lambda value: _han(value).replace("百一十", "百十"),
    "han digits": lambda value: "".join(HAN[int(digit)] for digit in str(value)).replace("零", "〇"),
}


@cache
def _table() -> dict[str, tuple[int, str]]:
    """Return every number that can be read, in small letters and with 零 for 〇, with its value and its manner."""
    table: dict[str, tuple[int, str]] = {}
    for manner, write in WRITERS.items():
        for value in range(1, LAST + 1):
            table.setdefault(write(value).replace("〇", "零"), (value, manner))
    return table


@dataclass(frozen=True)
class Numeral:
    """A number, its manner (a key of `WRITERS`), and the `sample` that shows its letters' case and the like."""

    value: int
    manner: str
    sample: str

    def write(self, value: int) -> str:
        """Return another number in the same manner."""
        written = WRITERS[self.manner](value)
        if self.manner == "digits":
            return written.zfill(len(self.sample)) if self.sample.startswith("0") else written
        for zero, other in ("零〇", "〇零"):
            if zero in self.sample:
                written = written.replace(other, zero)
        if " " in self.sample:
            written = written.replace("-", " ")
        if self.sample.isupper():
            return written.upper()
        return written.title() if self.sample[:1].isupper() else written


def read_numeral(text: str) -> Numeral | None:
    """Return the number that a text is as a whole, up to 999; None where it is none."""
    known = text.lower().replace("〇", "零").replace(" ", "-")
    if known.isascii() and known.isdecimal():
        known = known.lstrip("0")
    found = _table().get(known)
    return Numeral(*found, text) if found else None
