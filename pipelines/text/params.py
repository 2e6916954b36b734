"""What the artist sets while writing; each knob is declared here and nowhere else."""

from dataclasses import dataclass

from pipelines.params import Params, choice, knob, text
from pipelines.text.prompt import FORMS, LANGUAGES, METRES

FREE = "free"


@dataclass(frozen=True, kw_only=True)
class TextParams(Params):
    """The page that the model goes on from, what kind of text it is, and how daring the next word may be."""

    prompt: str = text("", max_length=20_000)
    title: str = text("", max_length=100)
    language: str = choice("en", LANGUAGES)
    form: str = choice("verse", FORMS)
    metre: str = choice(FREE, (FREE, *METRES))
    temperature: float = knob(0.9, 0.0, 2.0, 0.05, live=True)
    max_tokens: int = knob(200, 1, 2000, 1, live=True)
    top_p: float = knob(0.95, 0.05, 1.0, 0.01, live=True)
    top_k: int = knob(0, 0, 200, 1, live=True)
    min_p: float = knob(0.0, 0.0, 0.5, 0.01, live=True)
    repetition_penalty: float = knob(1.0, 1.0, 2.0, 0.05, live=True)
