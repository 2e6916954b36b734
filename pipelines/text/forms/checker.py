"""Say whether a finished poem keeps its form; written apart from the rules that make poems, and from their code.

Chinese characters are looked up in the same rhyme books, English words in CMUdict, words it lacks by their spelling.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from pipelines.text.forms.names import ENGLISH, REGULATED
from pipelines.text.forms.readings import read_characters

CLAUSE_END = re.compile(r"[，、。？！；：\n]+")
# Lines by their rhyme's letter and their syllables; a digit 0 to 9 stands for the refrain of that line's words.
SCHEMES: dict[str, tuple[str, tuple[set[int], ...]]] = {
    "couplet": ("aa", ({10},)),
    "quatrain": ("abab", ({10},)),
    "ballad": ("xaya", ({8}, {6})),
    "limerick": ("aabba", ({8, 9}, {8, 9}, {5, 6}, {5, 6}, {8, 9})),
    "haiku": ("xyz", ({5}, {7}, {5})),
    "sonnet": ("ababcdcdefefgg", ({10},)),
    "villanelle": ("abaab0ab2ab0ab2ab02", ({10},)),
}
BEATS = {"limerick": ("0100100100", "0010010010")}
IAMBS = "01" * 8
ARTICLES = {"the", "a", "an"}


@dataclass(frozen=True)
class Report:
    """What holds: the number of lines; every line's length; every rhyme and refrain; and the share of lines in metre.

    In Chinese the metre is the tone pattern, in free-stressed forms every line counts as in metre.
    """

    lines: bool
    lengths: bool = False
    rhymes: bool = False
    metre: float = 0.0


def check(verse_form: str, poem: str) -> Report:
    """Judge a poem by a form's name (not "free")."""
    if verse_form in ENGLISH:
        return _check_english(verse_form, [line for line in poem.splitlines() if line.strip()])
    clauses = [clause.strip() for clause in CLAUSE_END.split(poem) if clause.strip()]
    if verse_form in REGULATED:
        _, length, lines = REGULATED[verse_form]
        return _check_regulated(clauses, length, lines)
    return _check_song(clauses, _tune(verse_form))


# Chinese


def _tones(sign: str) -> set[str]:
    return {reading.tone for reading in read_characters().get(sign, ())} or {"平", "仄"}


def _check_regulated(clauses: Sequence[str], length: int, lines: int) -> Report:
    if len(clauses) != lines:
        return Report(lines=False)
    lengths = all(len(clause) == length for clause in clauses)
    if not lengths:
        return Report(lines=True)
    ends = [*clauses[1::2]] + [clauses[0]] * ("仄" not in _tones(clauses[0][-1]))
    books = [{r.rhyme for r in read_characters().get(e[-1], ()) if r.tone == "平"} - {""} for e in ends]
    rhymes = bool(set.intersection(*books)) and len({e[-1] for e in ends}) == len(ends)
    return Report(True, lengths, rhymes, max(_score_regulated(clauses, opening) for opening in "平仄"))


def _score_regulated(clauses: Sequence[str], opening: str) -> float:
    """Return the share of clauses in tone, if the first has this tone on its second character.

    The even characters alternate, a couplet's clauses oppose each other, neighbouring couplets agree (对 and 粘).
    """
    good = 0
    for number, clause in enumerate(clauses):
        turned = (number + 1) // 2 % 2 == 1
        second = opening if not turned else "平仄"[opening == "平"]
        good += _keeps(clause, second, rhymed=number % 2 == 1, first=number == 0)
    return good / len(clauses)


def _keeps(clause: str, second: str, *, rhymed: bool, first: bool) -> bool:
    other = "平仄"[second == "平"]
    wanted = {1: second, 3: other, 5: second}
    tones = [_tones(sign) for sign in clause]
    ends = {"平"} if rhymed else {"平", "仄"} if first else {"仄"}
    if not tones[-1] & ends:
        return False
    even = all(wanted[place] in tones[place] for place in range(1, len(clause) - 1, 2))
    swapped = (
        not rhymed
        and wanted[len(clause) - 4] == "平"
        and [t >= {w} for t, w in zip(tones[-3:], "仄平仄", strict=True)] == [True] * 3
        and all(wanted[place] in tones[place] for place in range(1, len(clause) - 2, 2))
    )
    three_level = all(tone == {"平"} for tone in tones[-3:])
    return (even or swapped) and not three_level


@cache
def _tune(verse_form: str) -> list[tuple[str, str, bool]]:
    """Return each clause's tones, rhyme letter and whether it repeats, as tunes.txt has them."""
    for row in Path(__file__).with_name("tunes.txt").read_text(encoding="utf-8").splitlines():
        name, _, rest = row.partition(" ")
        if name == verse_form:
            clauses = re.split("[，、。]", rest.split(" ")[1])[:-1]
            return [(re.sub("[a-z叠]", "", c), "".join(re.findall("[a-z]", c)), c.endswith("叠")) for c in clauses]
    raise KeyError(verse_form)


def _check_song(clauses: Sequence[str], tune: Sequence[tuple[str, str, bool]]) -> Report:
    if len(clauses) != len(tune):
        return Report(lines=False)
    if any(len(clause) != len(tones) for clause, (tones, _, _) in zip(clauses, tune, strict=True)):
        return Report(lines=True)
    good = 0
    books: dict[str, set[str]] = {}
    repeated = True
    for number, (clause, (tones, letter, echo)) in enumerate(zip(clauses, tune, strict=True)):
        good += all(tone == "中" or tone in _tones(sign) for tone, sign in zip(tones, clause, strict=True))
        if letter:
            groups = {r.group for r in read_characters().get(clause[-1], ())}
            books[letter] = books.get(letter, groups) & groups
        repeated &= not echo or clauses[number - 1].endswith(clause)
    return Report(True, True, repeated and all(books.values()), good / len(clauses))


# English


def _words(line: str) -> list[str]:
    return re.findall(r"[a-z']*[a-z][a-z']*", line.lower().replace("’", "'"))


@cache
def _pronounce(word: str) -> tuple[str, ...]:
    """Return the phones of each pronunciation; of an unknown word none."""
    import pronouncing

    for spelling in (word, word.strip("'"), re.sub("'d$", "ed", word), re.sub("'s$", "", word)):
        if found := pronouncing.phones_for_word(spelling):
            return tuple(found)
    return ()


def _stresses(word: str) -> set[str]:
    """Return the stresses a word may have; "?" for each syllable of an unknown one, guessed from its vowels."""
    if found := _pronounce(word):
        return {re.sub(r"\D", "", phones) for phones in found}
    bare = re.sub(r"(?<=[^aeiouyl])e$|e(?=d$)(?<![td]e)|'", "", word)
    count = max(1, len(re.findall(r"[aeiouy]+", bare)))
    return {"?" * count, "?" * (count + 1)} if re.search("ou?s|ia|eo", word) else {"?" * count}


def _check_english(verse_form: str, lines: Sequence[str]) -> Report:
    letters, syllables = SCHEMES[verse_form]
    if len(lines) != len(letters):
        return Report(lines=False)
    lengths = metre = 0
    for number, line in enumerate(lines):
        wanted = syllables[number % len(syllables)]
        readings = [r for r in map("|".join, _readings(tuple(_words(line)))) if _size(r) in wanted]
        lengths += bool(readings)
        beats = BEATS.get(verse_form, (IAMBS,))
        free = verse_form == "haiku"
        metre += free or any(_scans(r.split("|"), b, _words(line)) for r, b in product(readings, beats))
    return Report(True, lengths == len(lines), _rhymed(letters, lines), metre / len(lines))


def _readings(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(product(*(sorted(_stresses(word)) for word in words)))[:4096]


def _size(reading: str) -> int:
    return len(reading.replace("|", ""))


def _scans(stresses: Sequence[str], beats: str, words: Sequence[str]) -> bool:
    """Tell whether no word of several syllables has its main stress off the beat, but for the line's first word."""
    place = 0
    for word, stress in zip(words, stresses, strict=True):
        for offset, sign in enumerate(stress):
            strong = beats[place + offset] == "1"
            if len(stress) > 1 and sign == "1" and not strong and place + offset > 0:
                return False
            if word in ARTICLES and strong:
                return False
        place += len(stress)
    return True


def _endings(word: str) -> set[str]:
    """Return the sounds a word rhymes by: from its last stressed vowel on, or its last vowel behind two weak ones."""
    import pronouncing

    found = set()
    for phones in _pronounce(word):
        found.add(re.sub(r"\d", "", pronouncing.rhyming_part(phones)))
        if re.search(r"0\D*0\D*$", phones):
            found.add(re.sub(r"\d", "", re.findall(r"\S+0\D*$", phones)[0]))
    if not found:
        alike = [other for size in (4, 3) for other in _by_tail().get(word[-size:], ())][:40]
        found = {ending for other in alike for ending in _endings(other)}
    return found


@cache
def _by_tail() -> dict[str, list[str]]:
    """Return the dictionary's short words by their last three and four letters."""
    import pronouncing

    pronouncing.init_cmu()
    tails: dict[str, list[str]] = {}
    for word in pronouncing.lookup:
        if 3 <= len(word) <= 6:
            for size in (3, 4):
                tails.setdefault(word[-size:], []).append(word)
    return tails


def _rhymed(letters: str, lines: Sequence[str]) -> bool:
    """Tell whether lines of a letter rhyme, each on another word, and refrains come back word for word."""
    sounds: dict[str, set[str]] = {}
    ends: set[str] = set()
    for letter, line in zip(letters, lines, strict=True):
        words = _words(line)
        if letter.isdigit():
            if words != _words(lines[int(letter)]):
                return False
            continue
        endings = _endings(words[-1])
        sounds[letter] = sounds.get(letter, endings) & endings
        if not sounds[letter] or words[-1] in ends:
            return False
        ends.add(words[-1])
    return True
