"""A score engraved: verovio draws MusicXML as SVG."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

SCALE = 42  # per cent of verovio's own size: staves as large as on a printed page
DESK = ThreadPoolExecutor(1, "engraver")  # verovio 6.4.1 finds its fonts only in the thread that used it first


@dataclass(frozen=True)
class Engraving:
    """Pages of SVG, and when their notes sound: quarters from the beginning, ids that begin, ids that end."""

    pages: tuple[str, ...] = ()
    times: tuple[tuple[float, tuple[str, ...], tuple[str, ...]], ...] = ()


def engrave(musicxml: bytes, width: int, height: int | None = None) -> Engraving:
    """Engrave a score on pages `width` pixels wide; on one as tall as it needs where no `height` is given."""
    return DESK.submit(_draw, musicxml.decode(), width, height).result()


def _draw(musicxml: str, width: int, height: int | None) -> Engraving:
    import verovio

    options: dict[str, Any] = {
        "scale": SCALE, "pageWidth": round(width * 100 / SCALE), "breaks": "auto", "header": "none", "footer": "none",
        "pageHeight": round(height * 100 / SCALE) if height else 60_000, "adjustPageHeight": height is None,
        "pageMarginLeft": 40, "pageMarginRight": 40, "pageMarginTop": 60, "pageMarginBottom": 60,
        "svgViewBox": True, "svgRemoveXlink": True, "mnumInterval": 0, "justifyVertically": False,
    }  # fmt: skip
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(options)
    if not toolkit.loadData(musicxml):
        return Engraving()
    pages = tuple(toolkit.renderToSVG(page + 1) for page in range(toolkit.getPageCount()))
    marks = toolkit.renderToTimemap({"includeMeasures": False})
    return Engraving(pages, tuple((m["qstamp"], tuple(m.get("on", ())), tuple(m.get("off", ()))) for m in marks))
