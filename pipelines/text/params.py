"""What a writer can be asked for."""

from dataclasses import dataclass

from pipelines.params import Params, choice, knob, text
from pipelines.text.forms.names import FREE, VERSE_FORMS
from pipelines.text.prompt import FORMS, LANGUAGES

MAX_PROMPT = 20_000


@dataclass(frozen=True, kw_only=True)
class TextParams(Params):
    """The page so far, what it is to be, and how freely the next word is chosen."""

    prompt: str = text(max_length=MAX_PROMPT)
    title: str = text(max_length=120)
    language: str = choice("en", LANGUAGES)
    form: str = choice("verse", FORMS)
    verse_form: str = choice(FREE, VERSE_FORMS)
    temperature: float = knob(0.9, 0.0, 2.0, 0.05, live=True)
    max_tokens: int = knob(240, 16, 1024, 8, live=True)
    top_p: float = knob(0.95, 0.05, 1.0, 0.01, live=True)
    top_k: int = knob(0, 0, 200, 1, live=True)
    min_p: float = knob(0.05, 0.0, 0.5, 0.01, live=True)
    repetition_penalty: float = knob(1.1, 1.0, 2.0, 0.01, live=True)
