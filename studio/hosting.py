"""A studio that others come to: what its owner says about it on the command line, and what stands at its door."""

import argparse
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from studio import passwords
from studio.caps import CAPS

HOUSE = Path(__file__).parent.parent / "assets" / "house"
SHARING = (
    "With one of the first five, others can come in: they are guests, what they can ask for is bounded, you own it."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare what the owner of a studio for others may set (docs/serving.md)."""
    group = parser.add_argument_group("others", SHARING)
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
        help="look for words that aren't made here, in prompts and texts, and at pictures by the painter's own safety "
        "checker where it has one; auto: where others come in",
    )  # fmt: skip
    group.add_argument(
        "--word-list", metavar="FILE", type=Path, default=HOUSE / "words.txt", help="these words; one a line"
    )
    group.add_argument(
        "--moderation-model", metavar="MODEL", help="a text classifier beside the words; a folder or a hub name"
    )
    group.add_argument(
        "--rules",
        metavar="FILE",
        type=Path,
        help="your house rules, a text; default: ours, in both languages. You can change them at /house too",
    )
    group.add_argument(
        "--root-path", metavar="PATH", default="",
        help="where the studio stands behind a reverse proxy, such as /studio",
    )  # fmt: skip
    group.add_argument(
        "--metrics", choices=["local", "off"],
        help="who may read /metrics: this machine (the default, but off with --share), or nobody",
    )  # fmt: skip
    group.add_argument("--log-prompts", action="store_true", help="let the log have visitors' words too")
    group.add_argument(
        "--closing-seconds", type=float, metavar="N", default=30.0,
        help="how long works go on once the studio is told to end; then they are stopped and kept as they are",
    )  # fmt: skip
    for name, cap in CAPS.items():
        told = f"{cap.help}; guests: {cap.guests}"
        group.add_argument(f"--most-{name.replace('_', '-')}", metavar="N", type=int, help=told)


def check_options(options: argparse.Namespace) -> None:
    """Raise ValueError or OSError with a sentence where the options make no sense; add `guarded` and `accounts`."""
    if options.root_path and not options.root_path.startswith(("/", "http://", "https://")):
        raise ValueError("--root-path wants a path such as /studio, or the whole address")
    if options.root_path and options.share:
        raise ValueError("--share and --root-path don't go together: a public link leads to the top, not to a path")
    if options.closing_seconds < 0:
        raise ValueError("--closing-seconds wants a number of seconds from 0 on")
    for name in CAPS:
        if (most := getattr(options, f"most_{name}")) is not None and most < 1:
            raise ValueError(f"--most-{name.replace('_', '-')} wants a whole number from 1 on")
    for file in filter(None, (options.word_list, options.rules)):
        file.read_text(encoding="utf-8")
    options.accounts = read_accounts(options)
    options.guarded = options.share or options.listen or options.invite is not None or bool(options.accounts)


def read_accounts(options: argparse.Namespace) -> dict[str, str]:
    """Return the guests' names and hashed passwords; raise ValueError or OSError with a sentence."""
    accounts = passwords.read_accounts(options.auth_file) if options.auth_file else {}
    if options.auth is not None:
        name, _, password = options.auth.partition(":")
        if not name or not password:
            raise ValueError("--auth wants USER:PASSWORD, with a colon between them")
        accounts[name] = passwords.scramble(password)
    return accounts


def open_house(options: argparse.Namespace, shelf: Any) -> Any:
    """Return the house: without bounds for its artist alone, with those for guests where others come in."""
    from studio.house import House
    from studio.manners import Manners, read_words

    told = {name: getattr(options, f"most_{name}") for name in CAPS}
    own = {name: value for name, value in told.items() if value is not None}
    house = House.shared(**own) if options.guarded else House(caps=own)
    if is_moderated(options):
        reads = (lambda text: shelf.get("moderation")(text)) if options.moderation_model else None
        house.manners = Manners(read_words(options.word_list), reads)
    return house


def is_moderated(options: argparse.Namespace) -> bool:
    """Tell whether words and pictures are looked at."""
    return options.moderation == "on" or bool(options.moderation == "auto" and options.guarded)


def hang_door(
    options: argparse.Namespace, desk: Any, find_source: Callable[[str, str], Any], rules: Any
) -> tuple[list[Any], Any]:
    """Return the middleware between strangers and the page, and who came in; none where the artist is alone.

    `find_source(art, name)` returns where a model comes from that the owner names; `rules` are the house rules.
    """
    if not options.guarded:
        return [], None
    from starlette.middleware import Middleware

    from studio.door import Door, Guests, Keys
    from studio.gate import Gate, Owners
    from studio.office import Office

    invitation = secrets.token_urlsafe(6) if options.invite == "" else options.invite or ""
    keys = Keys(options.owner_code or secrets.token_urlsafe(9), invitation, options.accounts)
    guests = Guests(keys)
    door = Middleware(Door, guests=guests, words=desk.words)
    office = Middleware(Office, guests=guests, desk=desk, find_source=find_source, rules=rules)
    return [door, office, Middleware(Gate, words=desk.words, owners=Owners())], guests


def may_see_metrics(options: argparse.Namespace, guests: Any) -> Callable[[Any], bool]:
    """Return who may read /metrics: the owner who is signed in, and this machine unless it shares a public link."""
    from studio import health
    from studio.door import COOKIE

    metrics = options.metrics or ("off" if options.share else "local")
    told = health.is_here if metrics == "local" else health.see_none
    if guests is None:
        return told
    return lambda request: told(request) or guests.role(request.cookies.get(COOKIE, "")) == "owner"


def tell_keys(keys: Any, address: str) -> str:
    """Return how guests and the owner come in, as it is printed at the start."""
    guests = f"Guests come in with {address}?invite={keys.invitation}\n" if keys.invitation else ""
    return f"{guests}You are its owner: {address}door, code {keys.owner}"
