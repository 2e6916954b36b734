"""Start the studio: read the options, build the models and the page, launch."""

import argparse
import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Read by torch, gradio and kin as they are imported: idle threads sleep, nothing is reported to anybody, few words.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")

from studio import hosting  # noqa: E402  after what gradio reads as it is imported

MODELS = Path(__file__).parent / "assets" / "models"
SHIPPED = {"literature": MODELS / "writer", "painting": MODELS / "painter", "music": MODELS / "composer"}
SHIPPED_NAMES = {"literature": "Triptych writer 2", "painting": "Triptych painter 2.2", "music": "Triptych composer 2"}
WORKS_AT_ONCE = 64
MOST_QUEUED = 1_000  # events; works are counted by the house, and turned away in a sentence
MAX_UPLOAD_MB = 20
MAX_THREADS = 160  # each running work holds one while it waits for its turn
OPTIONS = {"literature": "text_model", "painting": "image_model", "music": "music_model"}
AIDES = {"words": "word_model", "upscaler": "upscaler", "moderation": "moderation_model"}
NAMES = {"literature": "text_model_name", "painting": "image_model_name"}  # for the arts a server can make


def read_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; exits with a sentence where it makes no sense."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Triptych: write, paint and compose.")
    parser.add_argument(
        "--text-model", metavar="MODEL",
        help="a folder, a hub name, or the address of a server (http...); default: the writer shipped here",
    )  # fmt: skip
    parser.add_argument("--text-model-name", metavar="NAME", default="", help="which of a server's models writes")
    parser.add_argument(
        "--text-model-kind", choices=["auto", "chat", "base"], default="auto",
        help="chat: it is asked in a conversation; base: it goes on from the page",
    )  # fmt: skip
    parser.add_argument(
        "--word-model",
        metavar="MODEL",
        help="a masked language model (BERT) that offers other words; a folder or a hub name",
    )
    parser.add_argument("--list-models", action="store_true", help="print models worth trying, and end")
    parser.add_argument(
        "--image-model", metavar="MODEL",
        help="a folder, a hub name, or the address of a server (http...); default: the painter shipped here",
    )  # fmt: skip
    parser.add_argument(
        "--upscaler", metavar="MODEL", help="a Swin2SR model that enlarges pictures; a folder or a hub name"
    )
    parser.add_argument("--image-model-name", metavar="NAME", default="", help="which of a server's models paints")
    parser.add_argument(
        "--loras", metavar="FOLDER", type=Path,
        help="a folder of LoRAs (*.safetensors) for a Stable Diffusion 1.5, 2 or XL model",
    )  # fmt: skip
    parser.add_argument(
        "--controlnet", metavar="[KIND=]MODEL", action="append", default=[],
        help="a ControlNet for such a model, a folder or a hub name; KIND is canny or scribble, where the name doesn't "
        "say so; give one for each kind",
    )  # fmt: skip
    parser.add_argument(
        "--music-model", metavar="MODEL", help="a folder or a hub name; default: the composer shipped here"
    )
    parser.add_argument(
        "--soundfont",
        metavar="FILE",
        type=Path,
        help="a SoundFont (.sf2, .sf3) to hear music with; default: a small one",
    )
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto")
    parser.add_argument("--port", type=int, help="default: the first free one from 7860 on")
    parser.add_argument(
        "--works-at-once", type=int, default=WORKS_AT_ONCE,
        help="works that take turns in each art, step by step; others queue",
    )  # fmt: skip
    hosting.add_options(parser)
    options = parser.parse_args(arguments)
    for option in ("text_model", "image_model"):
        address = getattr(options, option)
        if is_address(address) and not read_host(address):
            name = option.replace("_", "-")
            parser.error(f"--{name} wants the address of a server, such as http://localhost:8000/v1")
    try:
        hosting.check_options(options)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if options.loras and not options.loras.is_dir():
        parser.error(f"--loras wants a folder, and {options.loras} is none")
    if options.soundfont and not is_soundfont(options.soundfont):
        parser.error(f"--soundfont wants a SoundFont (.sf2, .sf3), and {options.soundfont} is none")
    try:
        options.controlnet = read_controls(options.controlnet) if options.controlnet else {}
    except ValueError as error:
        parser.error(str(error))
    return options


def is_soundfont(file: Path) -> bool:
    """Tell whether a file is there and begins as a SoundFont 2 or 3 does."""
    try:
        with file.open("rb") as content:
            head = content.read(12)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:] == b"sfbk"


def read_controls(sources: Sequence[str]) -> dict[str, str]:
    """Return the ControlNet for each kind: `KIND=MODEL`, or a model whose name tells its kind; raise ValueError."""
    from pipelines.image.params import CONTROLS

    controls: dict[str, str] = {}
    for source in sources:
        said, given, model = source.partition("=")
        kind = said if given else next((kind for kind in CONTROLS[1:] if kind in source.lower()), "")
        if kind not in CONTROLS[1:] or (given and not model):
            raise ValueError("--controlnet wants canny=MODEL or scribble=MODEL, or a name with one of these words")
        if kind in controls:
            raise ValueError(f"--controlnet names two models for {kind}")
        controls[kind] = model or source
    return controls


def is_address(source: str | None) -> bool:
    """Tell whether a model is on a server."""
    return source is not None and source.lower().startswith(("http://", "https://"))


def read_host(address: str) -> str:
    """Return the server in an address, without a password that may stand before it; nothing where there is none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def list_sources(options: argparse.Namespace) -> dict[str, list[Any]]:
    """Return, for each art, the model asked for and the shipped one, in this order."""
    from studio.shelf import Source

    sources: dict[str, list[Any]] = {}
    for art, option in OPTIONS.items():
        names = [name for name in (getattr(options, option), str(SHIPPED[art])) if name]
        sources[art] = [Source(_title(art, name, options), _loader(art, name, options)) for name in names]
    for aide, option in AIDES.items():
        if name := getattr(options, option):
            sources[aide] = [Source(name, _loader(aide, name, options))]
    return sources


def _title(art: str, source: str, options: argparse.Namespace) -> str:
    if art in NAMES and is_address(source):
        return " @ ".join(part for part in (getattr(options, NAMES[art]), read_host(source)) if part)
    return source if source != str(SHIPPED[art]) else SHIPPED_NAMES[art]


def _loader(art: str, source: str, options: argparse.Namespace) -> Callable[[], Any]:
    def load() -> Any:
        from pipelines.catalog import find_card
        from pipelines.weights import choose_device, choose_dtype, locate

        if art in NAMES and is_address(source):
            return _connect(art, source, options)
        place = choose_device(options.device)
        if art == "painting":
            from pipelines.image import guard

            guarded = hosting.is_moderated(options)
            folder = locate(source, guard.PART if guarded else "")
            worn = {"loras": options.loras, "controls": options.controlnet, "guarded": guarded}
            return pipeline_class(art).load(folder, place, card=find_card(source), **worn)
        folder = locate(source)
        chat = {"chat": _chats(source, options.text_model_kind)} if art == "literature" else {}
        return pipeline_class(art).load(folder, place, choose_dtype(place), **chat)

    return load


def _connect(art: str, address: str, options: argparse.Namespace) -> Any:
    key = os.environ.get("TRIPTYCH_API_KEY", "")
    if art == "painting":
        from pipelines.image.remote import RemotePainter
        from pipelines.image.server import ImageServer

        painting_key = os.environ.get("TRIPTYCH_IMAGE_API_KEY", key)
        server = ImageServer(address, painting_key)
        return RemotePainter.connect(server, options.image_model_name, options.loras, options.controlnet)
    from pipelines.text.remote import RemoteWriter
    from pipelines.text.server import TextServer

    return RemoteWriter.connect(
        TextServer(address, key), options.text_model_name, chat=options.text_model_kind != "base"
    )


def _chats(source: str, kind: str) -> bool:
    from pipelines.catalog import goes_on

    return kind == "chat" or (kind == "auto" and not goes_on(source))


def pipeline_class(art: str) -> Any:
    """Import an art's pipeline, as late as it is needed."""
    if art == "literature":
        from pipelines.text.pipeline import TextPipeline

        return TextPipeline
    if art == "words":
        from pipelines.text.masked import MaskedReader

        return MaskedReader
    if art == "moderation":
        from pipelines.text.moderator import Moderator

        return Moderator
    if art == "upscaler":
        from pipelines.image.upscaler import Upscaler

        return Upscaler
    if art == "painting":
        from pipelines.image.pipeline import ImagePipeline

        return ImagePipeline
    from pipelines.melody.pipeline import MelodyPipeline

    return MelodyPipeline


def list_folders(options: argparse.Namespace) -> dict[str, Path]:
    """Return where each art's model is; a hub name is a folder that isn't there."""
    return {art: Path(getattr(options, option) or SHIPPED[art]) for art, option in OPTIONS.items()}


def main(options: argparse.Namespace) -> None:
    """Do what the command line asks for."""
    if options.list_models:
        from pipelines.catalog import describe

        print(describe())
    else:
        from pipelines import memory
        from studio.chronicle import open_log

        memory.gather()
        open_log(words=options.log_prompts)
        launch(options)


def launch(options: argparse.Namespace, *, block: bool = True) -> Any:
    """Start the studio and return the running page."""
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="triptych-")
        atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)
    from starlette.middleware import Middleware

    from studio import closing, health, keepsakes, theme, tunnel, web
    from studio.chronicle import Chronicle
    from studio.leaflets import Leaflets, Rules, list_leaflets
    from studio.live import IDLE_SECONDS, MAX_VISITORS, Visitors
    from studio.page import build_page
    from studio.panel import Desk
    from studio.shelf import Shelf, Source
    from studio.words import Words

    shelf = Shelf(list_sources(options))
    bell = closing.Bell() if block else None
    chronicle = Chronicle(words=options.log_prompts)
    house = hosting.open_house(options, shelf)
    visitors = Visitors(IDLE_SECONDS) if house.guarded else Visitors()
    desk = Desk(Words(), visitors, shelf, options.works_at_once, house, chronicle, options.soundfont)
    page = build_page(desk, list_folders(options))

    def find_source(art: str, name: str) -> Source:
        source = name or str(SHIPPED[art])
        return Source(_title(art, source, options), _loader(art, source, options))

    rules = Rules.read(options.rules, hosting.HOUSE)
    door, guests = hosting.hang_door(options, desk, find_source, rules)
    health.hang_gauges(chronicle, desk.visitors, page)
    may_see = hosting.may_see_metrics(options, guests)
    too_long = desk.words.say("error.post", "en") + " " + desk.words.say("error.post", "zh")
    page.queue(api_open=False, max_size=MOST_QUEUED, default_concurrency_limit=1)
    page.launch(
        server_name="0.0.0.0" if options.listen else "127.0.0.1",
        server_port=options.port,
        root_path=options.root_path.rstrip("/"),
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        run_history=False,
        show_error=False,
        max_file_size=f"{house.caps.get('upload_mb', MAX_UPLOAD_MB)}mb",
        max_threads=MAX_THREADS,
        state_session_capacity=MAX_VISITORS,
        allowed_paths=[],
        footer_links=[],
        i18n=desk.words.i18n,
        theme=theme.build_theme(),
        css=theme.read_css(),
        favicon_path=theme.ASSETS / "favicon.svg",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        app_kwargs={
            "routes": health.build_routes(shelf, chronicle, may_see),
            "middleware": [
                Middleware(web.Headers),
                Middleware(web.PostLimit, sentence=too_long),
                Middleware(web.EarlyHead),
                Middleware(Leaflets, words=desk.words, sheets=list_leaflets(rules, SHIPPED)),
                *door,
            ],
        },
    )
    print(f"Triptych is open at {page.local_url}", flush=True)
    if guests:
        print(hosting.tell_keys(guests.keys, page.local_url), flush=True)
    shelf.start()
    keepsakes.keep_swept()
    link = tunnel.announce(page.server_port, page.share_token, partial(print, flush=True)) if options.share else None
    if bell:
        serve(page, desk, bell, options.closing_seconds, link)
    return page


def serve(page: Any, desk: Any, bell: Any, closing_seconds: float, link: Any = None) -> None:
    """Keep the studio open until it is told to end; end the works, the link and the page; leave with status 0."""
    from studio import closing

    closing.wait_for_end(bell)
    try:
        print("Triptych is closing; once more, and it ends at once", flush=True)
    except OSError:  # nobody reads any more what is printed; works end in good order all the same
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  for as long as the process is there
    ended = closing.end_works(desk.chronicle, desk.visitors, bell, closing_seconds)
    if link:
        link.close()
    closing.close_page(page)
    if not ended:  # a step that doesn't end in time could crash the interpreter on its way out
        logging.shutdown()
        os._exit(0)


if __name__ == "__main__":
    main(read_options())
