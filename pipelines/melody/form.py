"""The form of a piece: parts that come back, named by letters; a part that comes back is varied towards its end."""

from torch import Tensor

from pipelines.melody.grammar import Grammar
from pipelines.melody.likeness import Likeness
from pipelines.melody.score import Harmony, Tone

FORMS = ("free", "AABA", "AABB", "ABAB", "ABAC", "AAAB", "ABCA")
SAME, ENDING = 0.9, 0.25  # how like its first time a part is, and its last bar


class Form:
    """Divides a piece's bars evenly among the letters and lets those that came before come again."""

    def __init__(self, form: str, grammar: Grammar) -> None:
        self._letters = "" if form == "free" else form
        self._grammar = grammar
        self._heard = Likeness()

    def remember(self, begun: Tone | Harmony) -> None:
        """Remember what may come again."""
        if self._letters:
            self._heard.remember(begun)

    def lean(self, logits: Tensor) -> Tensor:
        """Lean towards the bar that this one repeats, where it repeats one."""
        back, last = self.find(self._grammar.bar)
        if not back:
            return logits
        return self._heard.lean(logits, ENDING if last else SAME, self._grammar, back * self._grammar.bar_ticks)

    def find(self, bar: int) -> tuple[int, bool]:
        """Return how many bars back a bar's model stands, 0 for none, and whether it is its part's last bar."""
        length = max(1, self._grammar.bars // len(self._letters)) if self._letters else 0
        if not length or bar < 0:
            return 0, False
        part = bar // length
        if part >= len(self._letters):
            return 0, False
        first = self._letters.index(self._letters[part])
        return (part - first) * length, bar % length == length - 1
