"""The bars a piece begins with, as an artist brings them: in the composer's words, set before it goes on."""

from collections.abc import Iterator

from pipelines.errors import UnreadableOpening
from pipelines.melody.expression import cut_short, perform
from pipelines.melody.grammar import Grammar
from pipelines.melody.hearing import Heard
from pipelines.melody.params import MelodyParams
from pipelines.melody.score import BAR_TICKS, STYLES, Header, Score, Tone, shift_from_tonic
from pipelines.melody.vocabulary import AT, FOR, IDS, LENGTHS, POSITIONS, WORDS, tone_word
from pipelines.melody.voicing import fold, set_voice, snap

MOST_BARS = 63  # at least one is left for the composer
PARTING = " | "


def write_opening(heard: Heard) -> str:
    """Return what was heard in the composer's words, bar by bar: times and lengths on its grid, voices in their range.

    Bars in which nothing begins are left out, as the composer can't write them.
    """
    bar_ticks, shift = BAR_TICKS[heard.metre], shift_from_tonic(heard.key)
    begun = sorted({snap(onset) // bar_ticks for sounds in heard.voices.values() for onset, _, _ in sounds})
    earlier = {bar: (bar - place) * bar_ticks for place, bar in enumerate(begun[:MOST_BARS])}
    bars: list[dict[int, list[Tone]]] = [{} for _ in earlier]
    for voice, sounds in heard.voices.items():
        kept = [(o - earlier[snap(o) // bar_ticks], n, p) for o, n, p in sounds if snap(o) // bar_ticks in earlier]
        moved = [(onset, length, fold(pitch - shift, voice)) for onset, length, pitch in kept]
        for tone in set_voice(moved, voice, voice in STYLES[heard.style].chordal, 0, len(bars) * bar_ticks):
            bar, position = divmod(tone.start_ticks, bar_ticks)
            bars[bar].setdefault(position, []).append(tone)
    grammar = Grammar(Header(style=heard.style, mode=heard.mode, metre=heard.metre), len(bars) + 1)
    return PARTING.join(" ".join(_set_bar(grammar, bar)) for bar in bars)


def _set_bar(grammar: Grammar, places: dict[int, list[Tone]]) -> Iterator[str]:
    """Yield a bar's words, and push them; what the grammar doesn't let through is left out."""
    grammar.push(grammar.next_bar)
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
    lasting = FOR + LENGTHS.index(tone.length_ticks)
    for one in (word, lasting):
        grammar.push(one)
        yield WORDS[one]


def set_opening(opening: str, bars: int, grammar: Grammar) -> list[int]:
    """Push the first `bars` bars of an opening, one fewer than the piece has at most; return the words.

    Raises UnreadableOpening where it isn't in the composer's words, or breaks its grammar.
    """
    told: list[int] = []
    written = [bar for bar in opening.split(PARTING.strip()) if bar.strip()]
    for bar in written[: min(bars, grammar.bars - 1)]:
        for word in (grammar.next_bar, *(_find(name) for name in bar.split())):
            allowed = grammar.allowed()
            while word > FOR and allowed[FOR] and not allowed[word]:  # it would sound beyond the piece's last bar
                word -= 1
            if not allowed[word]:
                raise UnreadableOpening
            grammar.push(word)
            told.append(word)
        if not grammar.allowed()[grammar.next_bar]:
            raise UnreadableOpening
    if told:  # the opening's last bar stays as it was brought
        told.append(grammar.next_bar)
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
        grammar.sketch(), key=params.key, tempo=tempo, instruments=params.instruments, transpose=params.transpose
    )
    return cut_short(whole, bars)


def _find(name: str) -> int:
    if name not in IDS or IDS[name] < AT:
        raise UnreadableOpening
    return IDS[name]
