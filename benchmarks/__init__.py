"""Speed, side by side with a named peer in the same run: `python -m benchmarks`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One comparison; `lower_is_better` says which way the unit counts."""

    name: str
    ours: float
    peer: float
    peer_name: str
    unit: str
    lower_is_better: bool = False

    @property
    def ratio(self) -> float:
        """How many times as good as the peer we are: above 1 is better."""
        return self.peer / self.ours if self.lower_is_better else self.ours / self.peer
