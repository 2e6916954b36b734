"""A writer on a server: any that speaks the OpenAI protocol, steered by cutting its stream and asking anew."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from pipelines.errors import EndlessThought, NotOnServer, NotUnderstood, RequestRefused, ServerDropped, ServerError
from pipelines.params import Knob, narrow
from pipelines.server import CONNECT_S
from pipelines.text.call import Bell, Call
from pipelines.text.params import TextParams
from pipelines.text.phrases import LONGEST, find_end, split_phrases
from pipelines.text.piece import Piece
from pipelines.text.pipeline import State, TextStep, join
from pipelines.text.server import IGNORED, REFUSED, TextServer
from pipelines.text.terms import Terms
from pipelines.text.thoughts import Thoughts

WAIT_S = 0.5  # a silent server gives a step without words this often, so that Stop acts
PAUSE_S = 0.5  # between two cuts while a slider is dragged; each makes the server read the page again
UNSENT = ("top_k", "min_p", "repetition_penalty", "banned_words")  # not in the protocol; many servers refuse them
SHORT = TextParams(max_tokens=16)  # what a server is asked for to learn what it takes
SIGNS = ["a", "e", "o", "，"]  # stop words that end nearly any text at once, and stand in no mark of a thought
STEERING = ("temperature", "top_p")
GLUE = "'’-"  # a word goes on across these


@dataclass
class Reply:
    """One call in a work: what was asked, and how far the reply is."""

    call: Call
    asked: TextParams
    stops: bool = False
    thoughts: Thoughts = field(default_factory=Thoughts)
    begun: bool = False
    thought: bool = False

    def take(self, piece: Piece) -> str:
        """Return what of a piece is for the page."""
        self.thought = self.thought or piece.thought
        text = piece.text if self.thought and not self.begun else piece.text + piece.stopped
        text = "" if piece.thought else self.thoughts.add(text)
        self.thought = self.thought or self.thoughts.thinking
        return text.lstrip() if self.thought and not self.begun else text

    @property
    def state(self) -> State:
        """What the server is doing, as far as can be told."""
        if self.begun:
            return "working"
        return "thinking" if self.thought else "waiting"


class RemoteWriter:
    """A model on a server, asked in a conversation, or, without `chat`, to go on from the page."""

    params_type = TextParams
    exact = False  # the server may be updated, share its hardware, cut its text elsewhere: no replay is promised

    def __init__(self, server: TextServer, model: str, *, chat: bool = True) -> None:
        self.server = server
        self.terms = Terms(model, chat)

    @classmethod
    def connect(cls, server: TextServer, model: str = "", *, chat: bool = True) -> Self:
        """Meet the server: learn its model's name and what it takes, from a few replies of a few tokens."""
        writer = cls(server, model or server.find_model(), chat=chat)
        while not writer._meet():
            pass
        any(writer._try_out(*tried) for tried in ((2, SIGNS), (2, []), (1, SIGNS)))
        return writer

    @property
    def knobs(self) -> dict[str, Knob]:
        """The declared knobs; those that the server doesn't take are inert."""
        inert = [*UNSENT, *(name for name in STEERING if name not in self.terms.sent)]
        return narrow(TextParams.knobs(), {name: {"inert": True} for name in inert})

    @property
    def tokenizer(self) -> Any:
        """Raise NotOnServer: a server keeps its tokens to itself."""
        raise NotOnServer(host=self.server.host)

    def plain(self, text: str) -> list[int]:
        """Raise NotOnServer: a server keeps its tokens to itself."""
        raise NotOnServer(host=self.server.host)

    def generate(self, read: Callable[[], TextParams], seed: int) -> Iterator[TextStep]:
        """Write on from the page until the server ends its text or `max_tokens` is reached.

        `read` is called once for each piece that comes; where a live knob has moved, the stream is cut at the end of
        the word and the server asked to go on from the text so far. Raises a ServerError or EndlessThought.
        """
        return self._write(read, seed, Bell())

    def generate_several(
        self, reads: Sequence[Callable[[], TextParams]], seeds: Sequence[int]
    ) -> list[Iterator[TextStep]]:
        """Return several works to be taken step by step in turn, none of which waits while another has words.

        They begin as one request, so that the page is read once, where the server takes it and they ask for the same;
        from a cut on each goes its own way. Each read is called once more, at once.
        """
        bells, asked = [Bell(len(reads))] * len(reads), [read() for read in reads]
        first: list[Reply | None] = [None] * len(reads)
        if self.terms.several and len(reads) > 1 and all(params == asked[0] for params in asked):
            request = self.terms.ask(asked[0], "", 0, seeds[0])
            first = [Reply(call, asked[0], "stop" in request) for call in self.server.call(request, bells)]
        return [self._write(*voice) for voice in zip(reads, seeds, bells, first, strict=True)]

    def _write(
        self, read: Callable[[], TextParams], seed: int, bell: Bell, first: Reply | None = None
    ) -> Iterator[TextStep]:
        params = read()
        text, index, cut = "", 0, -PAUSE_S
        reply = first or self._ask(params, text, index, seed, bell)
        try:
            while True:
                piece = reply.call.hear(WAIT_S / bell.sharers)
                if self._cuts(reply, params, text, piece) and time.monotonic() - cut >= PAUSE_S:
                    reply.call.hang_up()
                    cut, reply = time.monotonic(), self._ask(params, text, index, seed, bell)
                    continue
                new = reply.take(piece) if piece else ""
                if new and not reply.begun:
                    reply.begun, new = True, join(params.prompt + text, new, self.terms.chat)
                end = find_end(params.prompt[-LONGEST:] + text, new, split_phrases(params.stop_words))
                if not (piece and piece.end) or new:
                    text, index = text + new[:end], index + bool(new)
                    chance, others = (piece.probability, piece.others) if piece and new else (None, ())
                    yield TextStep(text, new[:end], index, params.max_tokens, chance, others, 0, reply.state)
                    if index >= params.max_tokens or end is not None:
                        return
                    params = read()
                if piece and piece.end:
                    if not self._goes_on(reply, piece, params):
                        return
                    index = max(index, reply.asked.max_tokens) if piece.end == "length" else index
                    reply = self._ask(params, text, index, seed, bell)
        finally:
            reply.call.hang_up()

    def _ask(self, params: TextParams, text: str, index: int, seed: int, bell: Bell) -> Reply:
        request = self.terms.ask(params, text, index, seed)
        (call,) = self.server.call(request, [bell])
        return Reply(call, params, "stop" in request)

    def _cuts(self, reply: Reply, params: TextParams, text: str, piece: Piece | None) -> bool:
        """Tell whether a moved knob asks for a new call here: never inside a word, which the new one would break."""
        if not any(getattr(params, name) != getattr(reply.asked, name) for name in STEERING if name in self.terms.sent):
            return False
        return not reply.begun or (piece is not None and piece.text != "" and _parts(text, piece.text))

    def _goes_on(self, reply: Reply, piece: Piece, params: TextParams) -> bool:
        """Tell whether to ask anew: mostly where the length was used up and the artist has raised it since."""
        self.terms.thinks = self.terms.thinks or reply.thought
        if piece.end in (REFUSED, IGNORED):  # one of several replies, which it must ask for by itself
            self.terms.several = self.terms.several and piece.end == REFUSED
            return True
        if piece.end == "content_filter":
            raise RequestRefused(host=self.server.host, reason=piece.end)
        if reply.thought and not reply.begun:
            if piece.end == "stop" and reply.stops:  # at a stop word in the thought; from now on none is sent
                return True
            raise EndlessThought
        return piece.end == "length" and params.max_tokens > reply.asked.max_tokens

    def _meet(self) -> bool:
        """Ask for a few tokens; return False where the server refused something that can be left out next time."""
        reply = self._ask(SHORT, "", 0, 0, Bell())
        try:
            piece: Piece | None = Piece()
            while piece and not (piece.end or reply.take(piece) or reply.thought):
                piece = reply.call.hear(self.server.patience_s + CONNECT_S)
        except RequestRefused as error:
            if not self.terms.leave_out(str(error.details["reason"])):
                raise
            return False
        finally:
            reply.call.hang_up()
        self.terms.thinks = reply.thought
        return True

    def _try_out(self, replies: int, stops: list[str]) -> bool:
        """Ask for several replies and with stop words, and learn what came of it; return False where it was refused."""
        request = self.terms.ask(SHORT, "", 0, 0) | {self.terms.length: SHORT.max_tokens}
        calls = self.server.call(request | ({"stop": stops} if stops else {}), [Bell() for _ in range(replies)])
        try:
            heard = [self._hear_out(call) for call in calls]
        except (RequestRefused, ServerDropped, NotUnderstood):
            return False
        except ServerError:  # nothing to be learned now
            return True
        finally:
            for call in calls:
                call.hang_up()
        if any(pieces[-1].end == REFUSED for pieces in heard):
            return False
        self.terms.several = replies > 1 and heard[-1][-1].end != IGNORED
        # A server that cuts its text before a stop word and says nothing seems to have ended: it isn't sent any.
        text = "".join(piece.text + piece.stopped for piece in heard[0] if not piece.thought)
        self.terms.stops = any(stop in text for stop in stops)
        return True

    def _hear_out(self, call: Call) -> list[Piece]:
        pieces = [Piece()]
        while not pieces[-1].end and (piece := call.hear(self.server.patience_s + CONNECT_S)):
            pieces.append(piece)
        return pieces


def _parts(text: str, piece: str) -> bool:
    """Tell whether a word ends between the text and the piece that follows it."""
    return not (_is_western(text[-1:]) and _is_western(piece[:1]))


def _is_western(letter: Any) -> bool:
    return letter in GLUE or (letter.isalnum() and letter < "\u2e80") if letter else False
