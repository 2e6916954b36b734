"""Start the studio: read the options, build the models and the page, launch."""

import argparse
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Read by torch, gradio and kin as they are imported: idle threads sleep, nothing is reported to anybody, few words.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")

MODELS = Path(__file__).parent / "assets" / "models"
HOUSE = Path(__file__).parent / "assets" / "house"
SHIPPED = {"literature": MODELS / "writer", "painting": MODELS / "painter", "music": MODELS / "composer"}
SHIPPED_NAMES = {"literature": "Triptych writer 2", "painting": "Triptych painter 2.1", "music": "Triptych composer 2"}
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
    add_sharing(parser)
    options = parser.parse_args(arguments)
    options.guarded = options.share or options.listen or bool(options.auth or options.auth_file or options.invite)
    for option in ("text_model", "image_model"):
        address = getattr(options, option)
        if is_address(address) and not read_host(address):
            name = option.replace("_", "-")
            parser.error(f"--{name} wants the address of a server, such as http://localhost:8000/v1")
    try:
        options.accounts = read_accounts(options)
        for file in (options.word_list, options.rules):
            if file:
                file.read_text(encoding="utf-8")
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


def add_sharing(parser: argparse.ArgumentParser) -> None:
    """Declare what it needs to let others in."""
    from studio.caps import CAPS

    group = parser.add_argument_group(
        "sharing",
        "With one of the first five the studio is for guests: what they can ask for is bounded; you own it.",
    )
    group.add_argument("--listen", action="store_true", help="answer other machines on your network too")
    group.add_argument("--share", action="store_true", help="open a public link beside the local page")
    group.add_argument(
        "--invite", metavar="CODE", nargs="?", const="", help="guests need this code; without CODE one is made up"
    )
    group.add_argument("--auth", metavar="USER:PASSWORD", help="guests need this name and password")
    group.add_argument(
        "--auth-file", metavar="FILE", type=Path,
        help="names and hashed passwords of guests, as `python -m studio.passwords FILE NAME` writes them",
    )  # fmt: skip
    group.add_argument(
        "--owner-code", metavar="CODE", help="what you sign in with at /door; default: one is made up and printed"
    )
    group.add_argument(
        "--moderation", choices=["auto", "on", "off"], default="auto",
        help="look for words that aren't made here, in prompts and texts; auto: where others come in",
    )  # fmt: skip
    group.add_argument(
        "--word-list", metavar="FILE", type=Path, default=HOUSE / "words.txt", help="these words; one a line"
    )
    group.add_argument(
        "--moderation-model", metavar="MODEL", help="a text classifier beside the words; a folder or a hub name"
    )
    group.add_argument(
        "--rules", metavar="FILE", type=Path, help="your house rules, a text; default: ours, in both languages"
    )
    for name, cap in CAPS.items():
        group.add_argument(
            f"--most-{name.replace('_', '-')}",
            metavar="N",
            type=int,
            help=f"at most N {cap.help}; guests: {cap.guests}",
        )


def read_accounts(options: argparse.Namespace) -> dict[str, str]:
    """Return the guests' names and hashed passwords; raise ValueError or OSError with a sentence."""
    from studio import passwords

    accounts = passwords.read_accounts(options.auth_file) if options.auth_file else {}
    if options.auth is not None:
        name, _, password = options.auth.partition(":")
        if not name or not password:
            raise ValueError("--auth wants USER:PASSWORD, with a colon between them")
        accounts[name] = passwords.scramble(password)
    return accounts


def open_house(options: argparse.Namespace, shelf: Any) -> Any:
    """Return the house: without bounds for its artist alone, with those for guests where others come in."""
    from studio.caps import CAPS
    from studio.house import House
    from studio.manners import Manners, read_words

    told = {name: getattr(options, f"most_{name}") for name in CAPS}
    own = {name: value for name, value in told.items() if value is not None}
    house = House.shared(**own) if options.guarded else House(caps=own)
    if options.moderation == "on" or (options.moderation == "auto" and options.guarded):
        reads = (lambda text: shelf.get("moderation")(text)) if options.moderation_model else None
        house.manners = Manners(read_words(options.word_list), reads)
    return house


def hang_door(options: argparse.Namespace, desk: Any) -> tuple[list[Any], Any]:
    """Return the middleware between strangers and the page, and the keys to it; none where the artist is alone."""
    if not options.guarded:
        return [], None
    from starlette.middleware import Middleware

    from studio.door import Door, Guests, Keys
    from studio.gate import Gate, Owners
    from studio.office import Office
    from studio.shelf import Source
    from studio.theme import ASSETS

    keys = Keys(
        options.owner_code or secrets.token_urlsafe(9),
        secrets.token_urlsafe(6) if options.invite == "" else options.invite or "",
        options.accounts,
    )

    def find_source(art: str, name: str) -> Source:
        source = name or str(SHIPPED[art])
        return Source(_title(art, source, options), _loader(art, source, options))

    guests = Guests(keys)
    door = Middleware(Door, guests=guests, words=desk.words, page=ASSETS / "door" / "door.html")
    office = Middleware(Office, guests=guests, desk=desk, page=ASSETS / "door" / "house.html", find_source=find_source)
    return [door, office, Middleware(Gate, words=desk.words, owners=Owners())], keys


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
        folder = locate(source)
        if art == "painting":
            worn = {"loras": options.loras, "controls": options.controlnet}
            return pipeline_class(art).load(folder, place, card=find_card(source), **worn)
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
        launch(options)


def launch(options: argparse.Namespace, *, block: bool = True) -> Any:
    """Start the studio and return the running page."""
    os.environ.setdefault("GRADIO_TEMP_DIR", tempfile.mkdtemp(prefix="triptych-"))
    from starlette.middleware import Middleware

    from studio import theme, tunnel, web
    from studio.leaflets import Leaflets, list_leaflets
    from studio.page import build_page
    from studio.shelf import Shelf

    shelf = Shelf(list_sources(options))
    house = open_house(options, shelf)
    page, desk = build_page(shelf, list_folders(options), options.works_at_once, house, options.soundfont)
    words = desk.words
    door, keys = hang_door(options, desk)
    too_long = words.say("error.post", "en") + " " + words.say("error.post", "zh")
    page.queue(api_open=False, max_size=MOST_QUEUED, default_concurrency_limit=1)
    page.launch(
        server_name="0.0.0.0" if options.listen else "127.0.0.1",
        server_port=options.port,
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        run_history=False,
        show_error=False,
        max_file_size=f"{house.caps.get('upload_mb', MAX_UPLOAD_MB)}mb",
        max_threads=MAX_THREADS,
        allowed_paths=[],
        footer_links=[],
        i18n=words.i18n,
        theme=theme.build_theme(),
        css=theme.read_css(),
        favicon_path=theme.ASSETS / "favicon.svg",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        app_kwargs={
            "middleware": [
                Middleware(web.Headers),
                Middleware(web.PostLimit, sentence=too_long),
                Middleware(web.EarlyHead),
                Middleware(Leaflets, texts=list_leaflets(options.rules, HOUSE, SHIPPED)),
                *door,
            ]
        },
    )
    print(f"Triptych is open at {page.local_url}")
    if keys:
        if keys.invitation:
            print(f"Guests come in with {page.local_url}?invite={keys.invitation}")
        print(f"You are its owner: {page.local_url}door, code {keys.owner}", flush=True)
    shelf.start()
    if options.share:
        tunnel.announce(page.server_port, page.share_token, print)
    if block:
        page.block_thread()
    return page


if __name__ == "__main__":
    main(read_options())
