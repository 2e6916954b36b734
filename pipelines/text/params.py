"""What a writer can be asked for."""

from dataclasses import dataclass

from pipelines.params import Params, choice, knob, text
from pipelines.text.forms.names import FREE, VERSE_FORMS
from pipelines.text.prompt import FORMS, LANGUAGES

MAX_PROMPT = 20_000
MAX_PHRASES = 2_000
MAX_AFTER = 2_000


@dataclass(frozen=True, kw_only=True)
class TextParams(Params):
    """The page so far, what it is to be, and how freely the next word is chosen.

    `memory` stays at the front of what the model reads and `note` a few lines before its end, however long the page
    is. What comes `after` the place is what the work is to lead up to. `stop_words` end the work where one is written,
    `banned_words` are never completed: one phrase a line.
    """

    prompt: str = text(max_length=MAX_PROMPT)
    after: str = text(max_length=MAX_AFTER)
    title: str = text(max_length=120)
    memory: str = text(max_length=4_000)
    note: str = text(max_length=1_000)
    stop_words: str = text(max_length=MAX_PHRASES)
    banned_words: str = text(max_length=MAX_PHRASES, live=True)
    language: str = choice("en", LANGUAGES)
    form: str = choice("verse", FORMS)
    verse_form: str = choice(FREE, VERSE_FORMS)
    temperature: float = knob(0.9, 0.0, 2.0, 0.05, live=True)
    max_tokens: int = knob(240, 16, 1024, 8, live=True)
    top_p: float = knob(0.95, 0.05, 1.0, 0.01, live=True)
    top_k: int = knob(0, 0, 200, 1, live=True)
    min_p: float = knob(0.05, 0.0, 0.5, 0.01, live=True)
    repetition_penalty: float = knob(1.1, 1.0, 2.0, 0.01, live=True)
