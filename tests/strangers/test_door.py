"""The door: who comes in, who does not, how slowly it says no; and the owner's room behind it."""

import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import anyio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from studio import passwords
from studio.door import COOKIE, Door, Guests, Keys
from studio.hosting import HOUSE
from studio.house import House
from studio.keepsakes import keep
from studio.leaflets import Leaflets, Rules, list_leaflets
from studio.live import Visitors
from studio.office import Office
from studio.shelf import Shelf, Source
from studio.words import Words

WORDS = Words()


class Room:
    """A door, the owner's room, and a page behind them that tells the visitor's name."""

    def __init__(self, **keys):
        self.guests = Guests(Keys("owner-code", **keys))
        shelf = Shelf({art: [Source(f"own {art}", lambda: "model")] for art in ("literature", "painting", "music")})
        shelf.start().join()
        self.desk = SimpleNamespace(words=WORDS, house=House.shared(), visitors=Visitors(), shelf=shelf)
        self.loaded = []

        def find(art, name):
            self.loaded.append((art, name))
            return Source(name or "shipped", lambda: "another")

        async def inside(request):
            return PlainTextResponse(request.cookies[COOKIE])

        app = Starlette(routes=[Route("/{path:path}", inside, methods=["GET", "POST"])])
        self.rules = Rules({"en": "Be kind.", "zh": "请友善。"})
        app = Office(app, self.guests, self.desk, find, self.rules)
        app = Leaflets(app, WORDS, list_leaflets(self.rules, {}))
        self.app = Door(app, self.guests, WORDS)

    def visit(self, address="10.0.0.1"):
        return Browser(httpx.ASGITransport(self.app, client=(address, 1)))


class Browser:
    """A browser that keeps its cookies, spoken to without waiting for anything."""

    def __init__(self, transport):
        self.client = httpx.AsyncClient(transport=transport, base_url="http://studio")

    def get(self, path, **options):
        return self._ask("GET", path, **options)

    def post(self, path, **form):
        return self._ask("POST", path, data=form)

    def _ask(self, method, path, **options):
        async def ask():
            return await self.client.request(method, path, **options)

        with ThreadPoolExecutor(1) as apart:  # a browser test may have left a loop running in this thread
            return apart.submit(anyio.run, ask).result()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(Guests, "count_failure", lambda self, address: 0.0)


def test_an_open_house_lets_guests_in_and_gives_each_browser_a_name():
    room = Room()
    ann, bob = room.visit(), room.visit()
    first = ann.get("/")
    assert first.status_code == 200
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "SameSite=Lax" in first.headers["set-cookie"]
    again = ann.get("/config")
    assert again.text == first.text
    assert "set-cookie" not in again.headers
    assert bob.get("/").text != first.text
    assert len(first.text) >= 32


def test_without_the_invitation_nothing_is_answered_and_with_it_everything():
    room = Room(invitation="rosebud")
    ann = room.visit()
    assert ann.get("/").status_code == 401
    assert "Invitation code" in ann.get("/").text
    assert "邀请码" in ann.get("/").text
    for path in ("/config", "/gradio_api/queue/join", "/gradio_api/file=x", "/door/../config", "//config", "/house/x"):
        assert ann.get(path).status_code == 401, path
        assert ann.post(path).status_code == 401, path
    assert ann.post("/door", code="rose").status_code == 403
    assert ann.get("/config").status_code == 401
    assert ann.post("/door", code=" rosebud ").status_code == 303
    assert ann.get("/config").status_code == 200
    bob = room.visit()
    assert bob.get("/config").status_code == 401
    assert bob.get("/?invite=rosebud").status_code == 303
    assert bob.get("/config").status_code == 200
    assert room.visit().get("/?invite=wrong").status_code == 403


def test_accounts_are_names_with_hashed_passwords():
    room = Room(accounts={"ann": passwords.scramble("sécret 密码")})
    ann = room.visit()
    for told in ({"name": "ann", "password": "secret"}, {"name": "bob", "password": "sécret 密码"}, {"name": "ann"},
                 {"code": ""}, {"code": passwords.NOBODY}, {}):  # fmt: skip
        assert ann.post("/door", **told).status_code == 403, told
    assert ann.post("/door", name="ann", password="sécret 密码").status_code == 303
    assert ann.get("/").status_code == 200
    assert ann.post("/door", leave="1").status_code == 303
    assert ann.get("/").status_code == 401


def test_a_stranger_can_not_choose_a_browser_s_name():
    room = Room(invitation="rosebud")
    ann = room.visit()
    ann.post("/door", code="rosebud")
    assert room.visit().get("/config", headers={"cookie": f"{COOKIE}=guess"}).status_code == 401
    for cookie in (f"{COOKIE}=", f"{COOKIE}=" + "x" * 5000, "\x00=;;;", f'{COOKIE}="a;b"'):
        assert room.visit().get("/config", headers={"cookie": cookie.encode("latin-1")}).status_code == 401


def test_a_form_that_is_none_is_refused(monkeypatch):
    room = Room(invitation="rosebud")
    assert room.visit().post("/door", code="x" * 5000).status_code == 413
    assert room.visit()._ask("POST", "/door", content=b"\xff\xfe=%zz&&&").status_code == 403


def test_wrong_answers_are_told_ever_more_slowly(monkeypatch):
    monkeypatch.undo()
    guests = Guests(Keys("owner-code", "rosebud"))
    waits = [guests.count_failure("10.0.0.1") for _ in range(6)]
    assert waits == [0.5, 1, 2, 4, 8, 8]
    assert guests.count_failure("10.0.0.2") == 0.5
    guests.forgive("10.0.0.1")
    assert guests.count_failure("10.0.0.1") == 0.5
    room = Room(invitation="rosebud")
    begun = time.monotonic()
    assert room.visit().post("/door", code="x").status_code == 403
    assert time.monotonic() - begun > 0.5


def test_a_password_is_hashed_with_a_salt_of_its_own(tmp_path):
    one, other = passwords.scramble("x"), passwords.scramble("x")
    assert one != other
    assert passwords.fits("x", one)
    assert passwords.fits("x", other)
    assert not passwords.fits("y", one)
    assert not passwords.fits("", passwords.NOBODY)
    for broken in ("", "scrypt$", "scrypt$!!$x", "plain"):
        assert not passwords.fits("x", broken)
    file = tmp_path / "accounts"
    file.write_text(f"# guests\nann:{one}\n\n")
    assert passwords.read_accounts(file) == {"ann": one}
    file.write_text("ann:secret\n")
    with pytest.raises(ValueError, match="line 1"):
        passwords.read_accounts(file)


def test_a_file_of_accounts_is_written_by_its_command(tmp_path, monkeypatch):
    file = tmp_path / "accounts"
    monkeypatch.setattr("getpass.getpass", lambda prompt: "secret")
    assert passwords.main([str(file), "ann"]) == 0
    assert passwords.main([str(file), "bob"]) == 0
    accounts = passwords.read_accounts(file)
    assert set(accounts) == {"ann", "bob"}
    assert passwords.fits("secret", accounts["ann"])
    assert file.stat().st_mode & 0o077 == 0
    assert "secret" not in file.read_text()
    assert passwords.main([]) == 2


def test_only_the_owner_enters_the_owner_s_room():
    room = Room()
    ann = room.visit()
    assert ann.get("/house").headers["location"] == "./door"
    assert ann.post("/house", act="pause").status_code == 303
    assert not room.desk.house.paused
    planted = ann.get("/").text
    signed = ann.post("/door", code="owner-code")
    assert signed.headers["location"] == "./house"
    assert ann.get("/").text != planted
    assert room.guests.role(planted) == "guest"
    page = ann.get("/house")
    assert page.status_code == 200
    assert "own painting" in page.text
    assert ann.post("/house", act="pause").status_code == 200
    assert room.desk.house.paused
    ann.post("/house", act="resume")
    assert not room.desk.house.paused


def test_the_owner_changes_bounds_and_models_and_clears_works(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    room = Room()
    owner = room.visit()
    owner.post("/door", code="owner-code")
    caps = {name: value for name, value in room.desk.house.caps.items() if name != "upload_mb"}
    owner.post("/house", act="caps", **caps | {"bars": 8})
    assert room.desk.house.caps["bars"] == 8
    for wrong in ("-1", "x", "", "1e3", "٣", "99999999"):
        owner.post("/house", act="caps", **caps | {"bars": wrong})
        assert room.desk.house.caps["bars"] == 8
    owner.post("/house", act="model", art="music", name="my/composer {{tagline}} <b>")
    for art in ("nonsense", "upscaler", ""):
        owner.post("/house", act="model", art=art, name="")
    assert room.loaded == [("music", "my/composer {{tagline}} <b>")]
    for _ in range(100):
        if room.desk.shelf.peek("music") == "another":
            break
        time.sleep(0.01)
    assert "my/composer {{tagline}} &lt;b&gt;" in owner.get("/house").text
    keep("poem.txt", "mine")
    foreign = tmp_path / "somebody-else-s"
    foreign.mkdir()
    room.desk.visitors.find("page")
    owner.post("/house", act="clear")
    assert list(tmp_path.iterdir()) == [foreign]
    assert len(room.desk.visitors) == 0
    assert owner.post("/house", act="no such act").status_code == 200
    assert owner._ask("POST", "/house", content=b"x" * 300_000).status_code == 200


def test_the_owner_writes_the_rules_anew():
    room = Room()
    owner, guest = room.visit(), room.visit()
    owner.post("/door", code="owner-code")
    rules = {"rules-en": "No <b>shouting</b>.\r\nNo running.", "rules-zh": "请勿喧哗。" * 1000}
    guest.post("/house", act="rules", **rules)
    assert "shouting" not in guest.get("/rules").text
    owner.post("/house", act="rules", **rules)
    read = guest.get("/rules").text
    assert "No &lt;b&gt;shouting&lt;/b&gt;.\nNo running." in read
    assert "请勿喧哗。" in read
    assert "&lt;b&gt;shouting" in owner.get("/house").text
    for wrong in ({"rules-en": "x"}, rules | {"rules-zh": " "}, rules | {"rules-en": "x" * 10_001}):
        owner.post("/house", act="rules", **wrong)
        assert guest.get("/rules").text == read


def test_rules_from_a_file_are_written_into_it(tmp_path):
    file = tmp_path / "rules.txt"
    file.write_text("No shouting.", encoding="utf-8")
    rules = Rules.read(file, HOUSE)
    assert rules.languages == ("en",)
    rules.write({"en": "No running."})
    assert file.read_text(encoding="utf-8") == "No running."
    assert rules.texts == {"en": "No running.", "zh": "No running."}
    with pytest.raises(OSError, match="directory"):
        Rules({}, tmp_path).write({"en": "x"})


def test_a_model_that_can_not_be_loaded_leaves_the_one_in_use():
    def fail():
        raise RuntimeError

    shelf = Shelf({"music": [Source("own", lambda: "model")]})
    shelf.start().join()
    shelf.swap("music", Source("broken", fail)).join()
    assert shelf.get("music") == "model"
    assert shelf.states["music"].name == "own"
    assert shelf.states["music"].stage == "ready"
    assert shelf.states["music"].trouble is not None
