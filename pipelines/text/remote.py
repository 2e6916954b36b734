"""A writer on a server: any that speaks the OpenAI protocol, steered by cutting its stream and asking anew."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

from pipelines.errors import EndlessThought, NotOnServer, RequestRefused
from pipelines.params import Knob, narrow
from pipelines.text.conversation import compose, merge
from pipelines.text.layout import write_out
from pipelines.text.params import TextParams
from pipelines.text.phrases import LONGEST, find_end, split_phrases
from pipelines.text.pipeline import State, TextStep, join
from pipelines.text.server import CONNECT_S, Call, Piece, Request, Server
from pipelines.text.thoughts import LONGEST_THOUGHT, Thoughts

WAIT_S = 0.5  # a silent server gives a step without words this often, so that Stop acts
PAUSE_S = 0.5  # between two cuts while a slider is dragged; each makes the server read the page again
UNSENT = ("top_k", "min_p", "repetition_penalty", "banned_words")  # not in the protocol; many servers refuse them
LIKELIEST = 5  # as many alternatives as every endpoint gives
STEERING = ("temperature", "top_p")
GLUE = "'’-"  # a word goes on across these


@dataclass
class Reply:
    """One call in a work: what was asked, and how far the reply is."""

    call: Call
    asked: TextParams
    thoughts: Thoughts
    begun: bool = False
    thought: bool = False

    def take(self, piece: Piece) -> str:
        """Return what of a piece is for the page."""
        self.thought = self.thought or piece.thought
        text = "" if piece.thought else self.thoughts.add(piece.text)
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

    def __init__(self, server: Server, model: str, *, chat: bool = True) -> None:
        self.server = server
        self.model = model
        self.chat = chat
        self.thinks = False
        self._length = "max_tokens"
        self._system = True
        self._sent = ["logprobs", "seed", "top_p", "temperature"]

    @classmethod
    def connect(cls, server: Server, model: str = "", *, chat: bool = True) -> Self:
        """Meet the server: learn its model's name and what it takes, from a reply of a few tokens."""
        writer = cls(server, model or server.find_model(), chat=chat)
        while not writer._meet():
            pass
        return writer

    @property
    def knobs(self) -> dict[str, Knob]:
        """The declared knobs; those that the server doesn't take are inert."""
        inert = [*UNSENT, *(name for name in STEERING if name not in self._sent)]
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
        params = read()
        text, index, cut = "", 0, -PAUSE_S
        reply = self._ask(params, text, index, seed)
        try:
            while True:
                piece = reply.call.hear(WAIT_S)
                if self._cuts(reply, params, text, piece) and time.monotonic() - cut >= PAUSE_S:
                    reply.call.hang_up()
                    cut, reply = time.monotonic(), self._ask(params, text, index, seed)
                    continue
                new = reply.take(piece) if piece else ""
                if new and not reply.begun:
                    reply.begun, new = True, join(params.prompt + text, new, self.chat)
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
                    index = max(index, reply.asked.max_tokens)
                    reply = self._ask(params, text, index, seed)
        finally:
            reply.call.hang_up()

    def _ask(self, params: TextParams, text: str, index: int, seed: int) -> Reply:
        length = params.max_tokens - index + (LONGEST_THOUGHT if self.thinks else 0)
        request = self._lay_out(replace(params, prompt=params.prompt + text)) | {
            "model": self.model,
            self._length: length,
        }
        settings: Request = {
            "logprobs": True if self.chat else LIKELIEST,
            "seed": (seed + index) % 2**32,
            "top_p": params.top_p,
            "temperature": params.temperature,
        }
        request |= {name: settings[name] for name in self._sent}
        if self.chat and "logprobs" in self._sent:
            request["top_logprobs"] = LIKELIEST
        return Reply(self.server.call(request), params, Thoughts())

    def _lay_out(self, params: TextParams) -> Request:
        page = write_out(params)
        if not self.chat:
            return {"prompt": page or "\n"}
        messages = compose(params, page, bool(params.prompt.strip()))
        return {"messages": messages if self._system else merge(messages)}

    def _cuts(self, reply: Reply, params: TextParams, text: str, piece: Piece | None) -> bool:
        """Tell whether a moved knob asks for a new call here: never inside a word, which the new one would break."""
        if not any(getattr(params, name) != getattr(reply.asked, name) for name in STEERING if name in self._sent):
            return False
        return not reply.begun or (piece is not None and piece.text != "" and _parts(text, piece.text))

    def _goes_on(self, reply: Reply, piece: Piece, params: TextParams) -> bool:
        """Tell whether to ask for more: only where the length was used up and the artist has raised it since."""
        self.thinks = self.thinks or reply.thought
        if piece.end == "content_filter":
            raise RequestRefused(host=self.server.host, reason=piece.end)
        if reply.thought and not reply.begun:
            raise EndlessThought
        return piece.end == "length" and params.max_tokens > reply.asked.max_tokens

    def _meet(self) -> bool:
        """Ask for a few tokens; return False where the server refused something that can be left out next time."""
        reply = self._ask(TextParams(max_tokens=16), "", 0, 0)
        try:
            piece: Piece | None = Piece()
            while piece and not (piece.end or reply.take(piece) or reply.thought):
                piece = reply.call.hear(self.server.patience_s + CONNECT_S)
        except RequestRefused as error:
            if not self._leave_out(str(error.details["reason"])):
                raise
            return False
        finally:
            reply.call.hang_up()
        self.thinks = reply.thought
        return True

    def _leave_out(self, reason: str) -> bool:
        """Leave out of every request what a refusal names; return False where it names nothing of ours."""
        if "max_completion_tokens" in reason and self._length != "max_completion_tokens":
            self._length = "max_completion_tokens"
            return True
        named = next((name for name in self._sent if name in reason), None)
        if named:
            self._sent.remove(named)
        elif "system" in reason.lower() and self._system:
            self._system = False
        else:
            return False
        return True


def _parts(text: str, piece: str) -> bool:
    """Tell whether a word ends between the text and the piece that follows it."""
    return not (_is_western(text[-1:]) and _is_western(piece[:1]))


def _is_western(letter: Any) -> bool:
    return letter in GLUE or (letter.isalnum() and letter < "\u2e80") if letter else False
