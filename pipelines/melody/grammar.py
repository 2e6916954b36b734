"""The grammar of the vocabulary: which word may come next, so that any model's choices make valid music."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipelines.melody.score import ACCOMPANIMENT, BAR_TICKS, DRUMS, HIT_TICKS, STYLES, Harmony, Header, Sketch, Tone
from pipelines.melody.vocabulary import (
    AT,
    BAR,
    CHORD,
    DRUM_KIT,
    END,
    FOR,
    GIVEN,
    HIT,
    LENGTHS,
    MAKE,
    MAX_BARS_LEFT,
    POSITIONS,
    QUALITIES,
    RANGES,
    VOICES,
    WORDS,
    encode_header,
    read_tone,
)

Mask = NDArray[np.bool_]


class Grammar:
    """Follows a piece word by word, from its first bar on.

    What holds for every piece it lets through: exactly `bars` bars of the metre; positions rise within a bar; every
    bar starts something unless all voices are held through it; a voice that is not chordal sounds one tone at a
    time; voices come in order at a position; no tone goes on past the last bar.

    A piece played without end counts each `section` of bars down by itself, so that phrases go on closing.
    """

    def __init__(self, header: Header, bars: int, section: int | None = None) -> None:
        self.header, self.bars = header, bars  # the header may change on the way; the sketch has the first
        self._first_header = header
        self._section = section or bars
        self.bar, self.position = -1, -1
        self.tones: list[Tone] = []
        self.harmonies: list[Harmony] = []
        self.done = False
        self._style = STYLES[header.style]
        self._bar_ticks = BAR_TICKS[header.metre]
        self._free_at = dict.fromkeys(self._style.voices, 0)
        self.begun: tuple[int, int] | None = None  # the voice and pitch whose length comes next
        self._last: tuple[int, int] | None = None
        self._fresh = False
        self.making = False  # whether voices are composed in a bar that has others
        self.open = self._style.parts  # what may be composed now
        self._until: Mapping[int, int] = {}

    def open_gap(self, voices: Collection[int], until: Mapping[int, int]) -> None:
        """Let only these voices be composed after a `make`, each ending before its own tone at `until`, in ticks."""
        self.open, self._until = self._style.parts & frozenset(voices), until

    @property
    def next_bar(self) -> int:
        """The word that begins the next bar, or ends the piece after its last."""
        following = self.bar + 1
        if following >= self.bars:
            return END
        return BAR + min(self._section - 1 - following % self._section, MAX_BARS_LEFT)

    @property
    def now_ticks(self) -> int:
        """The time of the position the piece has come to."""
        return self.bar * self._bar_ticks + max(0, self.position)

    @property
    def bar_ticks(self) -> int:
        """The length of a bar."""
        return self._bar_ticks

    def allowed(self) -> Mask:
        """Return which words may come next, shape (vocabulary,); at least one may while the piece isn't done."""
        mask = np.zeros(len(WORDS), np.bool_)
        if self.done:
            return mask
        if self.begun is not None:
            mask[FOR : FOR + len(LENGTHS)] = np.array(LENGTHS) <= self._room(self.begun[0])
            return mask
        if self.bar >= 0 and self.position >= 0:
            self._allow_tones(mask)
        if self._fresh:
            if self._last is None and ACCOMPANIMENT in self.open:
                mask[CHORD : CHORD + 12 * len(QUALITIES)] = True
            return mask
        positions = self._open_positions() if self.bar >= 0 else []
        mask[[AT + index for index in positions]] = True
        if self.bar < 0 or self.position >= 0 or not positions or self.making:
            mask[self.next_bar] = True
        return mask

    def is_free(self, voice: int, position: int) -> bool:
        """Tell whether a tone of a voice may begin at a position of this bar."""
        now = self.bar * self._bar_ticks + position
        if voice in self._style.chordal:
            return True
        return self._free_at[voice] <= now and self._until.get(voice, now + LENGTHS[0]) >= now + LENGTHS[0]

    def _room(self, voice: int) -> int:
        """Return how many ticks a tone of a voice may last from now."""
        end = self.bars * self._bar_ticks
        if voice not in self._style.chordal:
            end = min(end, self._until.get(voice, end))
        return end - self.now_ticks

    def push(self, word: int) -> Tone | Harmony | None:
        """Take the next word, which must be allowed; return the tone or the chord that it completed."""
        if word == END:
            self.done = True
        elif word >= GIVEN:
            self.position, self._last, self._fresh, self.making = -1, None, False, word == MAKE
        elif word >= HIT:
            return self._take_hit(word)
        elif word >= FOR:
            assert self.begun is not None, "a length follows a tone's beginning"
            voice, pitch = self.begun
            tone = Tone(self.now_ticks, voice, pitch, LENGTHS[word - FOR])
            self.tones.append(tone)
            self._free_at[voice] = max(self._free_at[voice], self.now_ticks + tone.length_ticks)
            self._last, self.begun = self.begun, None
            return tone
        elif word >= VOICES[0]:
            self.begun, self._fresh = read_tone(word), False
        elif word >= CHORD:
            root, quality = divmod(word - CHORD, len(QUALITIES))
            harmony = Harmony(self.now_ticks, root, QUALITIES[quality])
            self.harmonies.append(harmony)
            self._fresh = False
            return harmony
        elif word >= AT:
            self.position, self._last, self._fresh = POSITIONS[word - AT], None, True
        else:
            self.bar, self.position, self._fresh, self.making = self.bar + 1, -1, False, False
        return None

    def _take_hit(self, word: int) -> Tone:
        tone = Tone(self.now_ticks, DRUMS, DRUM_KIT[word - HIT], HIT_TICKS)
        self.tones.append(tone)
        self._last, self._fresh = (DRUMS, word - HIT), False
        return tone

    def sketch(self) -> Sketch:
        """Return what has been written so far."""
        return Sketch(self._first_header, self.bars, tuple(self.tones), tuple(self.harmonies))

    def _open_positions(self) -> list[int]:
        """Return the indices of the positions in this bar that are still ahead and where a voice is free."""
        voices = [voice for voice in self._style.voices if voice in self.open]
        always = ACCOMPANIMENT in self.open or any(voice in self._style.chordal for voice in voices)
        ahead = [index for index, p in enumerate(POSITIONS) if self.position < p < self._bar_ticks]
        return ahead if always else [i for i in ahead if any(self.is_free(v, POSITIONS[i]) for v in voices)]

    def _allow_tones(self, mask: Mask) -> None:
        """Allow what may still begin at this position: later voices, or lower tones of the same chordal voice."""
        for voice in self._style.voices:
            if voice not in self.open:
                continue
            if voice == DRUMS:
                struck = self._last[1] + 1 if self._last and self._last[0] == DRUMS else 0
                mask[HIT + struck : HIT + len(DRUM_KIT)] = True
                continue
            low, high = RANGES[voice]
            chordal = voice in self._style.chordal
            if self._last is not None:
                if voice < self._last[0] or (voice == self._last[0] and not chordal):
                    continue
                if voice == self._last[0]:
                    high = self._last[1] - 1
            if self.is_free(voice, self.position):
                mask[VOICES[voice] : VOICES[voice] + max(0, high - low + 1)] = True


def decode(tokens: Sequence[int]) -> Sketch:
    """Read an encoded piece back; raise ValueError where it breaks the grammar."""
    header = read_header(tokens[:6])
    bars = sum(BAR <= token <= BAR + MAX_BARS_LEFT for token in tokens)
    grammar = Grammar(header, bars)
    for token in tokens[len(encode_header(header)) :]:
        if grammar.done or not grammar.allowed()[token]:
            raise ValueError(f"{WORDS[token]} may not stand here")
        grammar.push(token)
    if not grammar.done:
        raise ValueError("the piece does not end")
    return grammar.sketch()


def read_header(tokens: Sequence[int]) -> Header:
    """Read the six words before the first bar."""
    fields = dict(WORDS[token].split(":", 1) for token in tokens)
    header = Header(style=fields["style"], mode=fields["mode"], metre=fields["metre"], tempo=fields["tempo"])
    return replace(header, opens=fields["opens"] == "yes", closes=fields["closes"] == "yes")
