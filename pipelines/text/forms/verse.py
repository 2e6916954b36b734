"""What a form is to the search: a place in a poem that takes one character at a time, or refuses it."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, Self

Judge = Callable[[str], bool]


class Verse(Protocol):
    """A poem as far as it is written; immutable. It takes characters, or refuses them.

    It never leads into a dead end: wherever it stands, some character leads on to the poem's end.
    """

    @property
    def line(self) -> int:
        """The number of the line (in Chinese the clause) being written: a line is planned as a whole."""
        ...

    @property
    def done(self) -> bool:
        """Whether the poem is complete."""
        ...

    def advance(self, text: str) -> Self | None:
        """Return the poem with one or more characters more, or None where the form forbids it."""
        ...

    def judge(self) -> Judge:
        """Return what tells whether `advance` would take a text; cheaper where many are asked."""
        ...

    def signs(self, opening: bytes) -> Iterable[str]:
        """Return the characters worth a trial whose UTF-8 starts with these bytes."""
        ...


class Changing:
    """A frozen dataclass of which a changed copy is needed often."""

    def at(self, **changes: Any) -> Self:
        """Return a copy with these changes, in a fifth of the time of dataclasses.replace."""
        after = object.__new__(type(self))
        after.__dict__.update(self.__dict__)
        after.__dict__.update(changes)
        return after
