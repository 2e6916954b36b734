"""What the artist sets for a piece of music."""

from collections.abc import Collection
from dataclasses import dataclass

from pipelines.melody.edits import MAX_EDITS
from pipelines.melody.expression import INSTRUMENTS
from pipelines.melody.form import FORMS
from pipelines.melody.players import ANY, ENSEMBLES, SUITED
from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, BASS, MELODY, MODES, SECOND, STYLES, THIRD, TONICS
from pipelines.params import Params, choice, knob, text

MAX_OPENING = 60_000
OTHERS = {
    SECOND: "second_instrument",
    THIRD: "third_instrument",
    BASS: "bass_instrument",
    ACCOMPANIMENT: "chords_instrument",
}
BAND = {MELODY: "instrument", **OTHERS}  # the knob for who plays a voice
SOUNDING = ("key", "transpose", "speed", *BAND.values())  # what can be changed once a piece is composed


@dataclass(frozen=True, kw_only=True)
class MelodyParams(Params):
    """What the artist sets; `tempo` is in beats of the metre a minute, `pace` in bars written a second.

    A small composer writes faster than anybody can steer; a pace of 0 lets it.
    `edits` are what the artist changed by hand in what was composed (pipelines/melody/edits.py).
    `form` names the parts that come again, `chords` a progression to follow (pipelines/melody/progression.py).
    `key`, the instruments, `transpose` (semitones) and `speed` only say how a piece sounds: what is composed is the
    same. The `instrument` plays the melody, in a chorale or a quartet every voice that has none of its own.
    An `endless` piece goes on until it is stopped; `mode` and `tempo` change from its next bar on.
    Where there is a `draft`, a whole piece in the composer's words (pipelines/melody/gap.py), only its bars `gap_start`
    to `gap_end` are composed, and of these only the `parts` named; `likeness` says how much of the old bars comes back.
    The piece begins with the first `opening_bars` of the `opening`, which is in the composer's words
    (pipelines/melody/opening.py), and goes on from there. The `ensemble` says who plays, for a composer that names its
    instruments (pipelines/melody/players.py); where there is one, the `instrument` says nothing.
    """

    style: str = choice("dance", STYLES)
    key: str = choice("D", TONICS)
    mode: str = choice("major", MODES, live=True)
    time_signature: str = choice("4/4", BAR_TICKS)
    opening: str = text("", max_length=MAX_OPENING)
    opening_bars: int = knob(8, 1, 63, 1)
    draft: str = text("", max_length=MAX_OPENING)
    gap_start: int = knob(1, 1, 64, 1)
    gap_end: int = knob(64, 1, 64, 1)
    parts: str = text("", max_length=60)
    form: str = choice("free", FORMS)
    chords: str = text("", max_length=400)
    edits: str = text("", max_length=MAX_EDITS)
    likeness: float = knob(0.0, 0.0, 1.0, 0.05, live=True)
    tempo: int = knob(104, 40, 200, 1, live=True)
    bars: int = knob(16, 4, 64, 1)
    endless: int = knob(0, 0, 1, 1)
    transpose: int = knob(0, -12, 12, 1)
    speed: float = knob(1.0, 0.5, 2.0, 0.05)
    instrument: str = choice(SUITED, (SUITED, *INSTRUMENTS))
    second_instrument: str = choice(SUITED, (SUITED, *INSTRUMENTS))
    third_instrument: str = choice(SUITED, (SUITED, *INSTRUMENTS))
    bass_instrument: str = choice(SUITED, (SUITED, *INSTRUMENTS))
    chords_instrument: str = choice(SUITED, (SUITED, *INSTRUMENTS))
    ensemble: str = choice(ANY, ENSEMBLES, inert=True)
    temperature: float = knob(0.9, 0.0, 2.0, 0.05, live=True)
    density: float = knob(0.0, -1.0, 1.0, 0.1, live=True)
    register: float = knob(0.0, -1.0, 1.0, 0.1, live=True)
    echo: float = knob(0.4, 0.0, 1.0, 0.05, live=True)
    pace: float = knob(0.0, 0.0, 8.0, 0.5, live=True)
    top_p: float = knob(0.95, 0.05, 1.0, 0.01, live=True)
    top_k: int = knob(0, 0, 200, 1, live=True)

    @property
    def instruments(self) -> dict[int, str]:
        """Who plays each voice, as far as it is said."""
        return {voice: getattr(self, name) for voice, name in BAND.items()}

    def idle(self) -> Collection[str]:
        """Name the knobs that do nothing as the others are set."""
        voices = STYLES[self.style].parts
        silent = [name for voice, name in BAND.items() if voice not in voices]
        return silent if self.draft else ["likeness", *silent]
