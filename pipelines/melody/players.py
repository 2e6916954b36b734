"""Who plays, for a composer that names its instruments: an ensemble, a single instrument, or whoever it likes."""

from collections.abc import Mapping
from types import MappingProxyType

from pipelines.melody.expression import INSTRUMENTS

PERCUSSION = 128  # stands for the drums among General MIDI's programs, which are counted from 0
ANY, SUITED = "any", "suited"
ENSEMBLES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        ANY: (),
        "strings": (40, 41, 42, 43),  # violin, viola, cello, contrabass
        "winds": (73, 68, 71, 70),  # flute, oboe, clarinet, bassoon
        "jazz": (66, 0, 32, PERCUSSION),  # tenor saxophone, piano, acoustic bass
        "rock": (29, 27, 33, PERCUSSION),  # overdriven and clean guitar, electric bass
        "folk": (40, 21, 25, 32),  # fiddle, accordion, steel guitar, bass
        "electronic": (81, 89, 38, PERCUSSION),  # lead, warm pad, synthetic bass
        "orchestra": (40, 42, 48, 73, 60, 56, 47),  # violin, cello, strings, flute, horn, trumpet, timpani
    }
)


def choose_players(ensemble: str, instrument: str) -> tuple[int, ...]:
    """Return the programs that may play, PERCUSSION among them; none where the composer chooses."""
    return ENSEMBLES[ensemble] or (() if instrument == SUITED else (INSTRUMENTS[instrument],))
