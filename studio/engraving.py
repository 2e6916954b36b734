"""A score engraved: verovio draws MusicXML as SVG."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

SCALE = 42  # per cent of verovio's own size: staves as large as on a printed page
DESK = ThreadPoolExecutor(1, "engraver")  # verovio 6.4.1 finds its fonts only in the thread that used it first


def engrave(musicxml: bytes, width: int, height: int | None = None) -> list[str]:
    """Return a score's pages as SVG, each `width` pixels wide; one as tall as it needs where no `height` is given."""
    return DESK.submit(_draw, musicxml.decode(), width, height).result()


def _draw(musicxml: str, width: int, height: int | None) -> list[str]:
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
        return []
    return [toolkit.renderToSVG(page + 1) for page in range(toolkit.getPageCount())]
