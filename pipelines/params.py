"""Declare each parameter once: type, default, range, and whether it acts on a running work.

From the declaration come the slider, the server-side check, the take and the table in the README.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, TypeVar

from pipelines.errors import (
    NotAChoice,
    NotANumber,
    NotOffered,
    NotText,
    OutOfRange,
    ParameterError,
    TooLong,
    UnknownKnob,
)
from pipelines.pictures import Picture


@dataclass(frozen=True)
class Range:
    """The numbers from `minimum` to `maximum`; whole ones where `integer`."""

    minimum: float
    maximum: float
    step: float
    integer: bool

    def check(self, name: str, value: object) -> float | int:
        """Return the number; raise NotANumber or OutOfRange."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise NotANumber(name=name)
        if self.integer and value != int(value):
            raise NotANumber(name=name)
        if not self.minimum <= value <= self.maximum:
            raise OutOfRange(name=name, minimum=self.minimum, maximum=self.maximum)
        return int(value) if self.integer else float(value)


@dataclass(frozen=True)
class Choice:
    """One of a few named values."""

    choices: tuple[str, ...]

    def check(self, name: str, value: object) -> str:
        """Return the choice; raise NotAChoice."""
        if not isinstance(value, str) or value not in self.choices:
            raise NotAChoice(name=name, value=str(value)[:40])
        return value


@dataclass(frozen=True)
class Offered(Choice):
    """Choices that hang on what the owner has given; the first is none of it. `names` are shown as they are."""

    names: tuple[str, ...] = ()

    def check(self, name: str, value: object) -> str:
        """Return the choice; raise NotOffered, or NotAChoice for what is no text at all."""
        if isinstance(value, str) and value not in self.choices:
            raise NotOffered(name=name, value=value[:80])
        return super().check(name, value)


@dataclass(frozen=True)
class Text:
    """Unicode text of at most `max_length` characters; control characters are kept, as text."""

    max_length: int

    def check(self, name: str, value: object) -> str:
        """Return the text; raise NotText or TooLong."""
        if not isinstance(value, str):
            raise NotText(name=name)
        if len(value) > self.max_length:
            raise TooLong(name=name, length=len(value), max_length=self.max_length)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotText(name=name) from None
        return value


Domain = Range | Choice | Text | Picture


@dataclass(frozen=True)
class Knob:
    """One declared parameter: its name, what it may be, where it starts, and whether it acts mid-run.

    An `inert` one does nothing with the model in use: it is not shown, and keeps its value for another model. `help`
    names which of the page's explanations is true of it, where that hangs on the model.
    """

    name: str
    default: Any
    domain: Domain
    live: bool
    inert: bool = False
    help: str = ""


def knob(
    default: float, minimum: float, maximum: float, step: float, *, live: bool = False, inert: bool = False
) -> Any:
    """Declare a number; a default of type int makes it a whole number. An `inert` one waits for what it acts on."""
    return _declare(default, Range(minimum, maximum, step, integer=isinstance(default, int)), live, inert)


def choice(default: str, choices: Iterable[str], *, live: bool = False, inert: bool = False) -> Any:
    """Declare one of a few named values; an `inert` one waits for a model on which it acts."""
    return _declare(default, Choice(tuple(choices)), live, inert)


def offered(choices: Iterable[str], *, live: bool = False) -> Any:
    """Declare one of what the owner may have given, the first for none; inert until a pipeline says what there is."""
    none, *others = choices
    return _declare(none, Offered((none, *others)), live, inert=True)


def text(default: str = "", *, max_length: int, live: bool = False) -> Any:
    """Declare a text of at most `max_length` characters."""
    return _declare(default, Text(max_length), live)


def picture(*, max_pixels: int, mode: str = "RGB") -> Any:
    """Declare a picture of at most `max_pixels`; there is none at first, and it never acts on a running work."""
    return _declare("", Picture(max_pixels, mode), live=False)


def _declare(default: object, domain: Domain, live: bool, inert: bool = False) -> Any:
    domain.check("default", default)
    return field(default=default, metadata={"domain": domain, "live": live, "inert": inert})


@dataclass(frozen=True, kw_only=True)
class Params:
    """Base of every pipeline's parameters: an immutable, checked snapshot of what the artist set."""

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """Return the declared knobs by name, in the order of their declaration."""
        return {f.name: Knob(f.name, f.default, **f.metadata) for f in fields(cls) if "domain" in f.metadata}

    def idle(self) -> Collection[str]:
        """Name the knobs that do nothing as the others are set."""
        return ()

    def follow(self, now: Self) -> Self:
        """Return `now` with every knob that is not live held at this snapshot's value."""
        fixed = {name: getattr(self, name) for name, k in self.knobs().items() if not k.live}
        return replace(now, **fixed)


P = TypeVar("P", bound=Params)
Read = Callable[[], P]


def build(kind: type[P], values: Mapping[str, object], knobs: Mapping[str, Knob] | None = None) -> P:
    """Check every value and return the parameters; what is not named takes its default.

    `knobs` is the declaration as narrowed by a model's card. Raises a ParameterError for the first value refused.
    """
    knobs = knobs or kind.knobs()
    for name in values:
        if name not in knobs:
            raise UnknownKnob(name=str(name)[:40])
    return kind(**{k.name: k.domain.check(k.name, values.get(k.name, k.default)) for k in knobs.values()})


def narrow(knobs: Mapping[str, Knob], card: Mapping[str, Mapping[str, Any]]) -> dict[str, Knob]:
    """Narrow a declaration by a card: `{knob: {default, minimum, maximum, choices, max_length, inert, live, help}}`.

    A card comes with a model, so it is not trusted: it never invents a knob or a choice and never widens a range; what
    it says beyond the declaration is left out.
    """
    return {name: _narrow(knob, card.get(name, {})) for name, knob in knobs.items()}


def _narrow(knob: Knob, limits: Mapping[str, Any]) -> Knob:
    domain = knob.domain
    if isinstance(domain, Range):
        low = _accept(domain, limits.get("minimum"), domain.minimum)
        high = _accept(domain, limits.get("maximum"), domain.maximum)
        if low <= high:
            domain = replace(domain, minimum=low, maximum=high)
    elif isinstance(domain, Choice):
        wanted = limits.get("choices", ())
        domain = replace(domain, choices=tuple(one for one in domain.choices if one in wanted) or domain.choices)
    elif isinstance(domain, Text):
        length = _accept(Range(1, domain.max_length, 1, True), limits.get("max_length"), domain.max_length)
        domain = replace(domain, max_length=length)
    first = domain.choices[0] if isinstance(domain, Choice) else getattr(domain, "minimum", knob.default)
    default = _accept(domain, limits.get("default"), _accept(domain, knob.default, first))
    return replace(
        knob, domain=domain, default=default, inert=knob.inert or limits.get("inert") is True,
        live=knob.live and limits.get("live") is not False, help=str(limits.get("help", knob.help)),
    )  # fmt: skip


def _accept(domain: Domain, value: object, otherwise: Any) -> Any:
    try:
        return domain.check("card", value)
    except ParameterError:
        return otherwise
