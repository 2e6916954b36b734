"""Tell how an English poem rhymes, for its header."""

import re
from collections import Counter

from pipelines.text.forms.words import hear

LAST_WORD = re.compile(r"([A-Za-z']*[A-Za-z])[^A-Za-z]*$")
SCHEMES = {"couplets": ((0, 1), (2, 3)), "alternate": ((0, 2), (1, 3)), "ballad": ((1, 3),)}
ENOUGH = 0.5


def name_scheme(poem: str) -> str:
    """Return "couplets" (aabb), "alternate" (abab) or "ballad" (xaya) where half of the quatrains do so, or ""."""
    found: Counter[str] = Counter()
    quatrains = 0
    for stanza in re.split(r"\n\s*\n", poem):
        endings = [_endings(line) for line in stanza.split("\n")]
        for start in range(0, len(endings) - 3, 4):
            quatrains += 1
            four = endings[start : start + 4]
            for name, pairs in SCHEMES.items():
                if all(four[first] & four[second] for first, second in pairs):
                    found[name] += 1
                    break
    name, count = found.most_common(1)[0] if found else ("", 0)
    return name if count >= ENOUGH * quatrains else ""


def _endings(line: str) -> frozenset[str]:
    word = LAST_WORD.search(line)
    return frozenset().union(*(sound.endings for sound in hear(word[1].lower()))) if word else frozenset()
