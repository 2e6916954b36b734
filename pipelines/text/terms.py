"""What a server takes, and a request within it."""

from dataclasses import dataclass, field, replace

from pipelines.server import Request
from pipelines.text.conversation import compose, merge
from pipelines.text.layout import write_out
from pipelines.text.params import TextParams
from pipelines.text.phrases import spell_stops
from pipelines.text.thoughts import LONGEST_THOUGHT

LIKELIEST = 5  # as many alternatives as every endpoint gives
MOST_STOPS = 4  # as many as the protocol allows


@dataclass
class Terms:
    """What is known of a server's model: which settings go with a request, and what they are called.

    `several` says that one request can have several replies; `stops` that a text which a stop word ended shows it.
    """

    model: str
    chat: bool
    thinks: bool = False
    several: bool = False
    stops: bool = False
    length: str = "max_tokens"
    system: bool = True
    sent: list[str] = field(default_factory=lambda: ["logprobs", "seed", "top_p", "temperature"])

    def ask(self, params: TextParams, text: str, index: int, seed: int) -> Request:
        """Return the request to go on from the page and the text so far, which has `index` tokens."""
        settings: Request = {
            "logprobs": True if self.chat else LIKELIEST,
            "seed": (seed + index) % 2**32,
            "top_p": params.top_p,
            "temperature": params.temperature,
        }
        request = self._lay_out(replace(params, prompt=params.prompt + text)) | {
            "model": self.model,
            self.length: params.max_tokens - index + (LONGEST_THOUGHT if self.thinks else 0),
        }
        request |= {name: settings[name] for name in self.sent}
        if self.chat and "logprobs" in self.sent:
            request["top_logprobs"] = LIKELIEST
        stops = spell_stops(params.stop_words, MOST_STOPS)
        if stops and self.stops and not self.thinks:  # one in a thought would end the work
            request["stop"] = stops
        return request

    def _lay_out(self, params: TextParams) -> Request:
        page = write_out(params)
        if not self.chat:
            return {"prompt": page or "\n"}
        messages = compose(params, page, bool(params.prompt.strip()))
        return {"messages": messages if self.system else merge(messages)}

    def leave_out(self, reason: str) -> bool:
        """Leave out of every request what a refusal names; return False where it names nothing of ours."""
        if "max_completion_tokens" in reason and self.length != "max_completion_tokens":
            self.length = "max_completion_tokens"
            return True
        named = next((name for name in self.sent if name in reason), None)
        if named:
            self.sent.remove(named)
        elif "system" in reason.lower() and self.system:
            self.system = False
        else:
            return False
        return True
