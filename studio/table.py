"""Print the table of every knob that stands in the README: `python -m studio.table`."""

from pipelines.image.params import ImageParams
from pipelines.melody.params import MelodyParams
from pipelines.params import Choice, Knob, Params, Range, Text
from pipelines.pictures import Picture
from pipelines.text.params import TextParams

ARTS: dict[str, type[Params]] = {"literature": TextParams, "painting": ImageParams, "music": MelodyParams}


def describe(knob: Knob) -> str:
    """Return what a knob may be, in a few words."""
    match knob.domain:
        case Range(minimum, maximum):
            return f"{minimum:g} to {maximum:g}"
        case Choice(choices):
            return ", ".join(choices) if len(choices) <= 8 else f"{len(choices)} choices"
        case Text(max_length):
            return f"text, at most {max_length:,} characters"
        case Picture(max_pixels):
            return f"a picture, at most {max_pixels:,} pixels"


def build_table() -> str:
    """Return the table in Markdown."""
    rows = ["| | knob | default | range | acts |", "|---|---|---|---|---|"]
    for art, kind in ARTS.items():
        for knob in kind.knobs().values():
            default = f"`{knob.default}`" if knob.default != "" else ""
            acts = "at once" if knob.live else "from the next work"
            rows.append(f"| {art} | `{knob.name}` | {default} | {describe(knob)} | {acts} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(build_table())  # noqa: T201
