"""What the margin asks about a page, and the answers: how likely a word was, what else could stand there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.errors import NotOnServer, PipelineError
from pipelines.params import Choice, Text
from pipelines.text import TextParams, TextPipeline
from pipelines.text.manuscript import speakers
from pipelines.text.masked import MaskedReader
from pipelines.text.params import MAX_PROMPT
from pipelines.text.reading import suggest_passages, suggest_words, weigh
from studio.margin import frame_offered, frame_untold, frame_weighed
from studio.performance import choose_seed

PAGE = Text(max_length=1_000_000)
SEEN = Text(max_length=MAX_PROMPT)
ASKED = Choice(("word", "rewrite", "expand", "fill", "cast"))
OFFERS = 3
WORDS = 10
CAST = 8
CAST_READ = 20_000


@dataclass(frozen=True)
class Question:
    """What is asked about the passage between `before` and `after`; `place` says to the page where that is."""

    what: str
    before: str
    passage: str
    after: str
    place: tuple[object, object]

    @property
    def page(self) -> str:
        """The whole page."""
        return self.before + self.passage + self.after

    @property
    def model_page(self) -> str:
        """What the model reads as the page so far."""
        return self.before + self.passage if self.what == "expand" else self.before

    def offer(self, texts: Sequence[str], *, done: bool) -> str:
        """Return what the margin shows: texts to put in the passage's place."""
        return frame_offered(self.page, self.place, texts, done=done)

    def give_up(self) -> str:
        """Return what the margin shows when the answer was stopped."""
        return self.offer([], done=True)


def read_question(body: Any) -> Question:
    """Check what the page sent; raise a ParameterError."""
    body = body if isinstance(body, dict) else {}
    parts = {name: PAGE.check(name, body.get(name)) for name in ("before", "passage", "after")}
    return Question(ASKED.check("what", body.get("what")), **parts, place=(body.get("from"), body.get("to")))


@dataclass(frozen=True)
class Look:
    """A wish to see what nearly stood at the end of `page`, which begins at `place` of the whole page.

    `aloud` says that the artist asked for it in words, so that a refusal is told; a click on a word is no question.
    """

    page: str
    place: object
    aloud: bool


def read_look(body: Any) -> Look:
    """Check what the page sent; raise a ParameterError."""
    body = body if isinstance(body, dict) else {}
    return Look(SEEN.check("page", body.get("page")), body.get("from"), body.get("aloud") is True)


def answer_look(pipeline: TextPipeline, params: TextParams, look: Look) -> str:
    """Return how likely each word was; `params.prompt` is the look's page."""
    try:
        return frame_weighed(look.page, look.place, weigh(pipeline, params))
    except PipelineError as error:
        if look.aloud:
            raise
        return frame_untold(look.page, look.place, never=isinstance(error, NotOnServer))


def answer(
    pipeline: TextPipeline, params: TextParams, question: Question, reader: MaskedReader | None = None
) -> Iterator[str]:
    """Yield what the margin shows, more of it as it is found; `params.prompt` is the question's `model_page`.

    Other words come from `reader` where there is one.
    """
    if question.what == "word":
        word = question.passage.strip()
        if reader:
            found = reader.suggest_words(question.before, word, question.after)
        else:
            found = suggest_words(pipeline, params, word, question.after)
        yield question.offer(found[:WORDS], done=True)
    elif question.what == "cast":
        start = "" if not question.before or question.before.endswith("\n") else "\n"
        mark = "：" if params.language == "zh" else ": "
        names = speakers(question.page[-CAST_READ:])[:CAST]
        yield question.offer([f"{start}{name}{mark}" for name in names], done=True)
    else:
        yield from _offer_passages(pipeline, params, question)


def _offer_passages(pipeline: TextPipeline, params: TextParams, question: Question) -> Iterator[str]:
    offered: list[str] = []
    yield question.offer(offered, done=False)
    kept = question.passage if question.what == "expand" else ""
    seed = choose_seed(None, True)
    for text in suggest_passages(pipeline, params, question.passage, question.after, range(seed, seed + OFFERS)):
        offered.append(kept + text)
        yield question.offer(offered, done=len(offered) == OFFERS)
    if len(offered) < OFFERS:
        yield question.offer(offered, done=True)
