"""Models worth trying: `python -m pipelines.catalog` prints the README's tables. Imports nothing heavy."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CATALOG = Path(__file__).parent.parent / "assets" / "catalog.json"


QUICK = {"num_inference_steps": {"default": 4}, "guidance_scale": {"default": 0, "maximum": 2}}


@dataclass(frozen=True)
class Entry:
    """A model on the hub: `parameters` in billions, `languages` as codes, `en` and `zh` what it is for.

    A writer's `kind` is chat or base, a painter's full or quick: distilled to a few steps, a
    composer's tracks: many instruments. `card` narrows the knobs.
    """

    name: str
    kind: str
    parameters: float
    languages: str
    licence: str
    en: str
    zh: str
    art: str = "literature"
    card: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def memory_gb(self) -> float:
        """What the weights take at 16 bit, in 10^9 bytes."""
        return round(2 * self.parameters, 1)


def read_catalog(art: str = "literature") -> list[Entry]:
    """Return an art's entries, smallest first."""
    entries = [Entry(**entry) for entry in json.loads(CATALOG.read_text(encoding="utf-8"))]
    return [entry for entry in entries if entry.art == art]


def goes_on(name: str) -> bool:
    """Tell whether a model only goes on from a page, though it may bring a chat template: by catalogue or name."""
    known = {entry.name: entry.kind for entry in read_catalog()}
    if name in known:
        return known[name] == "base"
    return re.search(r"[-_](base|pt)(?![a-z])", name, re.IGNORECASE) is not None


def find_card(name: str) -> dict[str, Any]:
    """Return how a painter's knobs are narrowed, by catalogue or name; one distilled to a few steps says so in it."""
    known = {entry.name: entry.card for entry in read_catalog("painting")}
    if name in known:
        return dict(known[name])
    quick = re.search(r"turbo|lightning|hyper-?sd|schnell|dmd", Path(name).name, re.IGNORECASE)
    return dict(QUICK) if quick else {}


def build_table(art: str = "literature") -> str:
    """Return an art's catalogue in Markdown."""
    rows = ["| model | what for | size | memory | languages | licence | |", "|---|---|---|---|---|---|---|"]
    for entry in read_catalog(art):
        rows.append(
            f"| `{entry.name}` | {entry.en} {entry.zh} | {entry.parameters:g} B | {entry.memory_gb:g} GB "
            f"| {entry.languages} | {entry.licence} | {entry.kind} |"
        )
    return "\n".join(rows)


def describe() -> str:
    """Return the catalogue for a terminal."""
    told = {
        "literature": "Text models for --text-model; memory at 16 bit (a CPU needs twice that). "
        "chat: it is asked; base: it goes on from your page.",
        "painting": "Painting models for --image-model; memory at 16 bit, text encoders and all. "
        "quick: it needs but a few steps.",
        "music": "Music models for --music-model; memory at 16 bit (a CPU needs twice that). tracks: many instruments.",
    }
    lines = []
    for art, words in told.items():
        lines.append(words + "\n")
        for entry in read_catalog(art):
            lines.append(
                f"{entry.name}\n    {entry.en} {entry.zh}\n    {entry.parameters:g} billion parameters, "
                f"{entry.memory_gb:g} GB; {entry.languages}; {entry.licence}; {entry.kind}"
            )
        lines.append("")
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    print(build_table(), build_table("painting"), sep="\n\n")  # noqa: T201
