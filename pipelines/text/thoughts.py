"""Keep off the page what a thinking model says to itself before it writes."""

MARKS = {"<think>": "</think>", "[THINK]": "[/THINK]"}
LONGEST_THOUGHT = 4096  # tokens; the page's own length doesn't count them


class Thoughts:
    """Reads a reply piece by piece and passes on what is meant for the page.

    A thought stands at the front of a reply, between a pair of MARKS, or is `opened` by the chat template already, with
    the mark that ends it. A mark may come in several pieces; one further on is a word like any other.
    """

    def __init__(self, opened: str | None = None) -> None:
        self.thinking = opened is not None
        self._end = opened or ""
        self._written = False
        self._held = ""

    def add(self, piece: str) -> str:
        """Return the part of the reply so far that is for the page and wasn't passed on before."""
        if self._written:
            return piece
        self._held += piece
        if self.thinking:
            thought, end, reply = self._held.partition(self._end)
            self._held = reply if end else thought[-len(self._end) :]
            self.thinking = not end
            if self.thinking:
                return ""
        reply = self._held.lstrip()
        for mark, end in MARKS.items():
            if reply.startswith(mark):
                self.thinking, self._end, self._held = True, end, reply[len(mark) :]
                return self.add("")
        return "" if any(mark.startswith(reply) for mark in MARKS) else self.finish()

    def finish(self) -> str:
        """Return what was held back while it could still have been a mark: the reply has begun, or is over."""
        held, self._held = self._held.lstrip() if self._end else self._held, ""
        if self.thinking or not held:
            return ""
        self._written = True
        return held


def find_opened(template: str) -> str | None:
    """Return the mark that will end the thought which the end of a chat template opens, or None."""
    for mark, end in MARKS.items():
        if template.rfind(mark) > template.rfind(end):
            return end
    return None
