"""The bars a piece begins with, as an artist brings them: in the composer's words, set before it goes on."""

import math
from collections.abc import Iterator
from dataclasses import replace

from pipelines.errors import UnreadableOpening
from pipelines.melody.expression import cut_short, perform
from pipelines.melody.grammar import Grammar
from pipelines.melody.hearing import Heard
from pipelines.melody.params import MelodyParams
from pipelines.melody.score import BAR_TICKS, STYLES, Header, Score, Tone, shift_from_tonic
from pipelines.melody.vocabulary import AT, BAR, FOR, IDS, LENGTHS, MAX_BARS_LEFT, POSITIONS, RANGES, WORDS, tone_word

MOST_BARS = 63  # at least one is left for the composer
PARTING = " | "


def write_opening(heard: Heard) -> str:
    """Return what was heard in the composer's words, bar by bar: times and lengths on its grid, voices in their range.

    Bars in which nothing begins are left out, as the composer can't write them.
    """
    bar_ticks, shift = BAR_TICKS[heard.metre], shift_from_tonic(heard.key)
    begun = sorted({_snap(onset) // bar_ticks for sounds in heard.voices.values() for onset, _, _ in sounds})
    places = {bar: place for place, bar in enumerate(begun[:MOST_BARS])}
    bars: list[dict[int, list[Tone]]] = [{} for _ in places]
    for voice, sounds in heard.voices.items():
        tones = []
        for onset, length, pitch in sounds:
            bar, position = divmod(_snap(onset), bar_ticks)
            if bar in places:
                time = places[bar] * bar_ticks + position
                tones.append(Tone(time, voice, _fold(pitch - shift, voice), _round(length)))
        line = voice not in STYLES[heard.style].chordal
        for tone in _part(tones) if line else tones:
            bars[tone.start_ticks // bar_ticks].setdefault(tone.start_ticks % bar_ticks, []).append(tone)
    grammar = Grammar(Header(style=heard.style, mode=heard.mode, metre=heard.metre), len(bars) + 1)
    return PARTING.join(" ".join(_set_bar(grammar, bar)) for bar in bars)


def _part(tones: list[Tone]) -> Iterator[Tone]:
    """Yield the tones of one line: of those that begin together the highest, none longer than until the next."""
    tops = {tone.start_ticks: tone for tone in sorted(tones, key=lambda tone: tone.pitch)}
    times = sorted(tops)
    for time, ends in zip(times, [*times[1:], math.inf], strict=True):
        yield replace(tops[time], length_ticks=int(min(tops[time].length_ticks, ends - time)))


def _set_bar(grammar: Grammar, places: dict[int, list[Tone]]) -> Iterator[str]:
    """Yield a bar's words, and push them; what the grammar doesn't let through is left out."""
    grammar.push(_next_bar(grammar))
    for position in sorted(places):
        at = AT + POSITIONS.index(position)
        tones = [tone for tone in places[position] if grammar.is_free(tone.voice, position)]
        if tones and grammar.allowed()[at]:
            grammar.push(at)
            yield WORDS[at]
            for tone in sorted(tones, key=lambda tone: (tone.voice, -tone.pitch)):
                yield from _set_tone(grammar, tone)


def _set_tone(grammar: Grammar, tone: Tone) -> Iterator[str]:
    word = tone_word(tone.voice, tone.pitch)
    if not grammar.allowed()[word]:
        return
    grammar.push(word)
    room = max(LENGTHS[0], tone.length_ticks)
    lasting = FOR + max(index for index, length in enumerate(LENGTHS) if length <= room)
    while not grammar.allowed()[lasting]:  # it would sound beyond the last bar
        lasting -= 1
    grammar.push(lasting)
    yield WORDS[word]
    yield WORDS[lasting]


def set_opening(opening: str, bars: int, grammar: Grammar) -> list[int]:
    """Push the first `bars` bars of an opening, one fewer than the piece has at most; return the words.

    Raises UnreadableOpening where it isn't in the composer's words, or breaks its grammar.
    """
    told: list[int] = []
    written = [bar for bar in opening.split(PARTING.strip()) if bar.strip()]
    for bar in written[: min(bars, grammar.bars - 1)]:
        for word in (_next_bar(grammar), *(_find(name) for name in bar.split())):
            if not grammar.allowed()[word]:
                raise UnreadableOpening
            grammar.push(word)
            told.append(word)
        if not grammar.allowed()[_next_bar(grammar)]:
            raise UnreadableOpening
    if told:  # the opening's last bar stays as it was brought
        told.append(_next_bar(grammar))
        grammar.push(told[-1])
    return told


def show_opening(params: MelodyParams) -> Score:
    """Return how the bars that a piece begins with sound by themselves; raise UnreadableOpening."""
    bars = min(params.opening_bars, params.opening.count(PARTING) + 1)
    header = Header(style=params.style, mode=params.mode, metre=params.time_signature)
    grammar = Grammar(header, bars + 1)
    set_opening(params.opening, bars, grammar)
    tempo = params.tempo * params.speed
    whole = perform(
        grammar.sketch(), key=params.key, tempo=tempo, instrument=params.instrument, transpose=params.transpose
    )
    return cut_short(whole, bars)


def _find(name: str) -> int:
    if name not in IDS or IDS[name] < AT:
        raise UnreadableOpening
    return IDS[name]


def _next_bar(grammar: Grammar) -> int:
    return BAR + min(grammar.bars - 2 - grammar.bar, MAX_BARS_LEFT)


def _snap(ticks: float) -> int:
    """Return the nearest time on the grid, the earlier of two."""
    quarter, rest = divmod(ticks, 24)
    grid = (*(p for p in POSITIONS if p < 24), 24)
    return int(quarter) * 24 + min(grid, key=lambda place: (abs(place - rest), place))


def _round(ticks: float) -> int:
    return min(LENGTHS, key=lambda length: abs(math.log(length / max(ticks, 1.0))))


def _fold(pitch: int, voice: int) -> int:
    low, high = RANGES[voice]
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch
