"""Turn a sketch into a score: the key, the instruments, how loud each note is, how chord symbols sound."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from pipelines.melody.score import (
    ACCOMPANIMENT,
    BAR_TICKS,
    BASS,
    BEAT_TICKS,
    CHORDS,
    DRUMS,
    MELODY,
    SECOND,
    STYLES,
    THIRD,
    TICKS_PER_QUARTER,
    TONICS,
    Harmony,
    Note,
    Score,
    Sketch,
    shift_from_tonic,
)

INSTRUMENTS: Mapping[str, int] = MappingProxyType(
    {
        "piano": 0,
        "harpsichord": 6,
        "music_box": 10,
        "vibraphone": 11,
        "organ": 19,
        "accordion": 21,
        "guitar": 24,
        "violin": 40,
        "cello": 42,
        "harp": 46,
        "strings": 48,
        "choir": 52,
        "oboe": 68,
        "clarinet": 71,
        "flute": 73,
        "recorder": 74,
    }
)
SUITED: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "dance": {MELODY: "flute"},
        "lead": {MELODY: "piano", ACCOMPANIMENT: "guitar"},
        "song": {MELODY: "oboe", SECOND: "piano", BASS: "piano"},
        "chorale": {MELODY: "organ", SECOND: "organ", THIRD: "organ", BASS: "organ"},
        "quartet": {MELODY: "violin", SECOND: "violin", THIRD: "violin", BASS: "cello"},
        "drums": {},
    }
)
ENSEMBLES = ("chorale", "quartet")
LOUDNESS = MappingProxyType({MELODY: 88, SECOND: 68, THIRD: 66, BASS: 72, ACCOMPANIMENT: 50, DRUMS: 92})
PHRASE_BARS = 4
CHORD_FLOOR = 48
LOWEST_PITCHES = MappingProxyType({INSTRUMENTS["oboe"]: 36})  # the SoundFont's is silent below; others go to 24
HIGHEST_PITCH = 98  # the SoundFont's violins never end a note above 101, and the renderer waits for them for ever


def perform(  # noqa: PLR0913  how a piece sounds is told in these words
    sketch: Sketch, *, key: str, tempo: float, instruments: Mapping[int, str], transpose: int = 0,
    tempo_changes: Sequence[tuple[int, float]] = (),
) -> Score:  # fmt: skip
    """Return the score of a sketch, which may still be growing.

    `tempo` is in beats of the metre a minute, and so are its changes, each with the bar it begins with. `instruments`
    names who plays a voice (see `choose_programs`). `transpose` moves all of it by semitones, and the key with it.
    """
    shift = shift_from_tonic(key) + transpose
    metre = sketch.header.metre
    quarters = BEAT_TICKS[metre] / TICKS_PER_QUARTER
    programs = choose_programs(
        sketch.header.style, instruments, drums=any(tone.voice == DRUMS for tone in sketch.tones)
    )
    lowest = {voice: LOWEST_PITCHES.get(program, 0) for voice, program in programs}
    notes = [
        Note(
            tone.start_ticks,
            tone.voice,
            tone.pitch if tone.voice == DRUMS else _keep_playable(tone.pitch + shift, lowest.get(tone.voice, 0)),
            tone.length_ticks,
            tone.velocity or loudness(tone.voice, tone.start_ticks, metre),
        )
        for tone in sketch.tones
    ]
    notes += _sound_harmonies(sketch, shift)
    return Score(
        notes=tuple(sorted(notes)),
        style=sketch.header.style,
        key=TONICS[(TONICS.index(key) + transpose) % len(TONICS)],
        mode=sketch.header.mode,
        metre=metre,
        tempo=tempo * quarters,
        tempo_changes=tuple((bar, later * quarters) for bar, later in tempo_changes),
        bars=sketch.bars,
        programs=programs,
        harmonies=tuple(replace(one, root=(one.root + shift) % 12) for one in sketch.harmonies),
    )


def cut_short(score: Score, bars: int) -> Score:
    """Return the score's first bars; what sounds on into the next one ends with the last."""
    end = bars * BAR_TICKS[score.metre]
    notes = (n for n in score.notes if n.start_ticks < end)
    held = tuple(replace(n, length_ticks=min(n.length_ticks, end - n.start_ticks)) for n in notes)
    changes = tuple(change for change in score.tempo_changes if change[0] < bars)
    harmonies = tuple(harmony for harmony in score.harmonies if harmony.start_ticks < end)
    return replace(score, bars=bars, notes=held, tempo_changes=changes, harmonies=harmonies)


def choose_programs(style: str, instruments: Mapping[int, str], *, drums: bool = False) -> tuple[tuple[int, int], ...]:
    """Return each voice's General MIDI program, counted from 0; `drums` were laid under a style without them.

    Where `instruments` says `suited`, or nothing, a voice has what the style gives it; in a chorale or a quartet, what
    the melody has.
    """
    chosen = {voice: name for voice, name in instruments.items() if name != "suited"}
    names = dict(SUITED[style])
    if MELODY in chosen and style in ENSEMBLES:
        names = dict.fromkeys(names, chosen[MELODY])
    names |= {voice: name for voice, name in chosen.items() if voice in names}
    kit = [(DRUMS, 0)] if drums or DRUMS in STYLES[style].voices else []
    return tuple([*((voice, INSTRUMENTS[name]) for voice, name in sorted(names.items())), *kit])


def loudness(voice: int, start_ticks: int, metre: str) -> int:
    """Return a MIDI velocity: the bar's first beat leans in, off-beats step back, four bars swell and fall."""
    bar, place = divmod(start_ticks, BAR_TICKS[metre])
    accent = 8 if place == 0 else 2 if place % BEAT_TICKS[metre] == 0 else -4
    through = ((bar % PHRASE_BARS) * BAR_TICKS[metre] + place) / (PHRASE_BARS * BAR_TICKS[metre])
    swell = round(10 * (1 - abs(2 * through - 1.1)))
    return LOUDNESS[voice] + accent + swell - 4


def _keep_playable(pitch: int, lowest: int) -> int:
    if pitch < lowest:
        return pitch + 12 * -(-(lowest - pitch) // 12)
    return pitch if pitch <= HIGHEST_PITCH else pitch - 12


def _sound_harmonies(sketch: Sketch, shift: int) -> Iterator[Note]:
    """Play each chord at its beginning and again with each bar, the bass note below; close voicing above it."""
    bar_ticks = BAR_TICKS[sketch.header.metre]
    end = sketch.bars * bar_ticks
    starts = [harmony.start_ticks for harmony in sketch.harmonies[1:]]
    for harmony, until in zip(sketch.harmonies, [*starts, min(end, _reach(sketch, bar_ticks))], strict=False):
        start = harmony.start_ticks
        while start < until:
            length = min(until, start - start % bar_ticks + bar_ticks) - start
            for pitch in _voice_chord(harmony, shift):
                velocity = loudness(ACCOMPANIMENT, start, sketch.header.metre)
                yield Note(start, ACCOMPANIMENT, pitch, length, velocity)
            start += length


def _reach(sketch: Sketch, bar_ticks: int) -> int:
    """Return the end of the bar that the sketch has come to."""
    starts = [t.start_ticks for t in sketch.tones[-1:]] + [h.start_ticks for h in sketch.harmonies[-1:]]
    newest = max(starts, default=0)
    return (newest // bar_ticks + 1) * bar_ticks


def _voice_chord(harmony: Harmony, shift: int) -> list[int]:
    root = (harmony.root + shift) % 12
    bass = 36 + root if root >= 4 else 48 + root
    upper = sorted(CHORD_FLOOR + 4 + (root + step - CHORD_FLOOR - 4) % 12 for step in CHORDS[harmony.quality])
    return [bass, *upper]
