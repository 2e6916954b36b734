"""Text models worth trying: `python -m pipelines.catalog` prints the README's table. Imports nothing heavy."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

CATALOG = Path(__file__).parent.parent / "assets" / "catalog.json"


@dataclass(frozen=True)
class Entry:
    """A model on the hub: `parameters` in billions, `languages` as codes, `en` and `zh` what it is for."""

    name: str
    kind: str
    parameters: float
    languages: str
    licence: str
    en: str
    zh: str

    @property
    def memory_gb(self) -> float:
        """What the weights take at 16 bit, in 10^9 bytes."""
        return round(2 * self.parameters, 1)


def read_catalog() -> list[Entry]:
    """Return the entries, smallest first."""
    return [Entry(**entry) for entry in json.loads(CATALOG.read_text(encoding="utf-8"))]


def goes_on(name: str) -> bool:
    """Tell whether a model only goes on from a page, though it may bring a chat template: by catalogue or name."""
    known = {entry.name: entry.kind for entry in read_catalog()}
    if name in known:
        return known[name] == "base"
    return re.search(r"[-_](base|pt)(?![a-z])", name, re.IGNORECASE) is not None


def build_table() -> str:
    """Return the catalogue in Markdown."""
    rows = ["| model | what for | size | memory | languages | licence | |", "|---|---|---|---|---|---|---|"]
    for entry in read_catalog():
        rows.append(
            f"| `{entry.name}` | {entry.en} {entry.zh} | {entry.parameters:g} B | {entry.memory_gb:g} GB "
            f"| {entry.languages} | {entry.licence} | {entry.kind} |"
        )
    return "\n".join(rows)


def describe() -> str:
    """Return the catalogue for a terminal."""
    lines = [
        "Text models for --text-model; memory at 16 bit (a CPU needs twice that). "
        "chat: it is asked; base: it goes on from your page.\n"
    ]
    for entry in read_catalog():
        lines.append(
            f"{entry.name}\n    {entry.en} {entry.zh}\n    {entry.parameters:g} billion parameters, "
            f"{entry.memory_gb:g} GB; {entry.languages}; {entry.licence}; {entry.kind}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(build_table())  # noqa: T201
