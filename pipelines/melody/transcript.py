"""Read a MusicXML file, compressed or not: which notes sound, in which metre, tempo and key."""

import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from pipelines.errors import MusicXmlTooLarge, UnreadableMusicXml
from pipelines.melody.hearing import MAX_TICKS, Heard, Sound, arrange, is_line
from pipelines.melody.midi import MODE_FIFTHS
from pipelines.melody.score import BAR_TICKS, LETTERS, MODES, TICKS_PER_QUARTER

MAX_BYTES = 4_000_000  # of XML: a movement for string quartet; read within half a second
MAX_PACKED_BYTES = 1_000_000
MAX_FILES = 100
BEATS = {"half": 2.0, "quarter": 1.0, "eighth": 0.5}
BROKEN_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, RuntimeError)
BROKEN = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, ZeroDivisionError)


def hear_musicxml(data: bytes) -> Heard:
    """Read a file's notes, drums and grace notes left out; raise MusicXmlTooLarge, UnreadableMusicXml or NoNotes.

    Repeats are not played out, an upbeat before the first whole bar is left out.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if data[:4] == b"PK\x03\x04":
        data = _unpack(data)
    if len(data) > MAX_BYTES:
        raise MusicXmlTooLarge(megabytes=MAX_BYTES // 1_000_000)
    try:
        root = fromstring(data)
        if root.tag != "score-partwise":
            raise UnreadableMusicXml
        reader = _Reader()
        for number, part in enumerate(root.findall("part")):
            reader.read_part(number, part)
    except (ParseError, DefusedXmlException, LookupError, *BROKEN):
        raise UnreadableMusicXml from None
    return arrange(reader.parts(), reader.metre or "4/4", reader.quarters, reader.key, reader.fifths)


def _unpack(data: bytes) -> bytes:
    """Return the score in a compressed file, of which no more is unpacked than a score may hold."""
    if len(data) > MAX_PACKED_BYTES:
        raise MusicXmlTooLarge(megabytes=MAX_PACKED_BYTES // 1_000_000)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist()[:MAX_FILES]]
            scores = [n for n in names if n.lower().endswith((".xml", ".musicxml")) and not n.startswith("META-INF/")]
            if not scores:
                raise UnreadableMusicXml
            with archive.open(scores[0]) as file:
                return file.read(MAX_BYTES + 1)
    except (*BROKEN_ZIP, *BROKEN):
        raise UnreadableMusicXml from None


@dataclass
class _Reader:
    """What has been read: the notes by part, staff and voice, and what is told of the whole piece."""

    metre: str = ""
    quarters: float = 120.0
    fifths: int | None = None
    key: tuple[int, str] | None = None
    sounds: dict[tuple[int, str, str], list[list[Any]]] = field(default_factory=lambda: defaultdict(list))

    def read_part(self, number: int, part: Element) -> None:
        """Read a part from its first whole bar on."""
        scale, transposed, first, begun = 1.0, 0, 0.0, False
        for measure in part.findall("measure"):
            now, start, end = first, first, first
            for element in measure:
                length = scale * float(element.findtext("duration") or 0)
                if not 0 <= length <= MAX_TICKS:
                    raise ValueError(length)
                if element.tag == "attributes":
                    scale = TICKS_PER_QUARTER / float(element.findtext("divisions") or TICKS_PER_QUARTER / scale)
                    transposed = int(element.findtext("transpose/chromatic") or transposed)
                    self._read_attributes(element)
                elif element.tag == "backup":
                    now -= length
                elif element.tag == "forward":
                    now += length
                elif element.tag == "note" and element.find("grace") is None and element.find("cue") is None:
                    if element.find("chord") is None:
                        start, now = now, now + length
                    self._add(number, element, start, length, transposed)
                elif element.tag in ("direction", "sound"):
                    self._read_tempo(element, now)
                end = max(end, now)
            if not begun and end - first < BAR_TICKS.get(self.metre, 0):
                self.sounds = defaultdict(list, {k: v for k, v in self.sounds.items() if k[0] != number})
                end = first
            begun, first = True, end
            if first > MAX_TICKS:
                return

    def _read_attributes(self, element: Element) -> None:
        told = f"{element.findtext('time/beats')}/{element.findtext('time/beat-type')}"
        self.metre = self.metre or (told if told in BAR_TICKS else "")
        fifths = element.findtext("key/fifths")
        if fifths is None or self.fifths is not None:
            return
        self.fifths = min(7, max(-7, int(fifths)))
        mode = element.findtext("key/mode") or ""
        if mode in MODES:
            self.key = (7 * (self.fifths - MODE_FIFTHS[mode]) % 12, mode)

    def _read_tempo(self, element: Element, now: float) -> None:
        sound = element if element.tag == "sound" else element.find("sound")
        told = sound.get("tempo") if sound is not None else None
        if told is None and (shown := element.findtext("direction-type/metronome/per-minute")):
            beats = BEATS.get(element.findtext("direction-type/metronome/beat-unit") or "", 1.0)
            dotted = element.find("direction-type/metronome/beat-unit-dot") is not None
            told = str(float(shown) * beats * (1.5 if dotted else 1.0))
        if told and now == 0 and 5 <= float(told) <= 1000:
            self.quarters = float(told)

    def _add(self, number: int, note: Element, start: float, length: float, transposed: int) -> None:
        pitch = note.find("pitch")
        if pitch is None or not length:
            return
        alter = round(float(pitch.findtext("alter") or 0))
        octave = int(pitch.findtext("octave") or "")
        midi = 12 * (octave + 1) + LETTERS[pitch.findtext("step") or ""] + alter + transposed
        if not 0 <= midi <= 127:
            raise ValueError(midi)
        sounds = self.sounds[number, note.findtext("staff") or "", note.findtext("voice") or ""]
        if any(tie.get("type") == "stop" for tie in note.findall("tie")):
            for sound in reversed(sounds[-16:]):
                if sound[2] == midi and abs(sound[0] + sound[1] - start) < 1:
                    sound[1] += length
                    return
        sounds.append([start, length, midi])

    def parts(self) -> list[tuple[Sound, ...]]:
        """Return the notes by voice where there are four lines of them, else by staff."""
        voices = [tuple(sorted((s[0], s[1], s[2]) for s in sounds)) for sounds in self.sounds.values() if sounds]
        if len(voices) == 4 and all(map(is_line, voices)):  # noqa: PLR2004  a chorale's or a quartet's
            return voices
        staves: dict[tuple[int, str], list[Sound]] = defaultdict(list)
        for (number, staff, _), sounds in self.sounds.items():
            staves[number, staff] += [(s[0], s[1], s[2]) for s in sounds]
        return [tuple(sorted(sounds)) for sounds in staves.values()]
