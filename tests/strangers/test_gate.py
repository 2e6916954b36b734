"""What is one visitor's can't be reached by another, by any route that gradio has."""

import inspect
import json
import re
import secrets
from urllib.parse import quote

import httpx
import pytest

from studio.door import COOKIE
from studio.gate import ROUTES, Owners, find_route, list_told, list_values
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    running = Studio(tmp_path_factory.mktemp("gated"), "--listen", "--port", "7954")
    yield running
    running.close()


def visitor(shared):
    return Stranger(shared, {COOKIE: secrets.token_urlsafe(24)})


def get(one, path, **options):
    return httpx.get(f"{one.address}/{path}", **one.options, **options)


def post(one, path, **body):
    return httpx.post(f"{one.address}/{path}", json=body, **one.options)


def paths_of(messages):
    return sorted(set(list_values(messages, "path")))


@pytest.fixture(scope="module")
def ann(shared):
    """Somebody who has made a piece of music, with its files."""
    ann = visitor(shared)
    messages = ann.press("music-compose", music_bars=4)
    assert error_of(messages) is None
    ann.files = paths_of(messages)
    ann.event = next(message["event_id"] for message in messages if message.get("event_id"))
    assert len(ann.files) >= 4
    return ann


def test_files_are_served_to_those_who_made_them_only(shared, ann):
    bob, nobody = visitor(shared), Stranger(shared)
    for path in ann.files:
        assert get(ann, f"file={path}").status_code == 200, path
        assert get(ann, f"file={quote(path, safe='')}").status_code == 200, path
        assert get(ann, f"file={path}", headers={"range": "bytes=0-9"}).status_code in (200, 206)
        for other in (bob, nobody):
            for way in (f"file={path}", f"file={quote(path, safe='')}", f"file/{path}", f"file=/./{path}",
                        f"file={path.replace('/tmp/', '/tmp/../tmp/')}", f"proxy={shared.local_url}file={path}",
                        f"FILE={path}", f"file={path}?__sign=x", f"stream/{path}"):  # fmt: skip
                assert get(other, way).status_code in (403, 404), way


def test_another_s_session_can_not_be_used(shared, ann):
    bob = visitor(shared)
    number, _, values = bob.find("music-stop", "click")
    body = {"data": [], "fn_index": number, "session_hash": ann.session}
    assert post(bob, "run/predict", **body).status_code == 403
    assert post(ann, "run/predict", **body).status_code == 200
    number, _, values = bob.find("music-compose", "click")
    for path in ("queue/join", "run/predict", "component_server", "reset", "cancel"):
        answer = post(bob, path, data=values, fn_index=number, session_hash=ann.session, event_id=None)
        assert answer.status_code == 403, path
        assert "another visitor" in answer.text
    for way in (f"queue/data?session_hash={ann.session}", f"heartbeat/{ann.session}",
                f"queue/data?session_hash={bob.session}&session_hash={ann.session}",
                f"queue/data?session_hash={ann.session}&session_hash={bob.session}"):  # fmt: skip
        assert get(bob, way).status_code == 403, way


def test_tricks_of_json_name_no_other_session(shared, ann):
    bob = visitor(shared)
    number = bob.find("music-stop", "click")[0]
    for body in (
        f'{{"session_hash": "{bob.session}", "data": [], "fn_index": {number}, "session_hash": "{ann.session}"}}',
        f'{{"session\\u005fhash": "{ann.session}", "data": [], "fn_index": {number}}}',
        f'[{{"session_hash": "{ann.session}"}}]', "{", "null", "", "\xff", "[" * 100_000,
        f'{{"session_hash": ["{ann.session}"], "data": [], "fn_index": {number}}}',
        f'{{"data": [], "fn_index": {number}}}',
    ):  # fmt: skip
        for path in ("run/predict", "queue/join", "component_server"):
            answer = httpx.post(
                f"{bob.address}/{path}", content=body.encode("latin-1"), headers={"content-type": "application/json"},
                **bob.options,
            )  # fmt: skip
            assert answer.status_code == 403, (path, body)


def test_the_easel_of_another_can_not_be_called(shared, ann):
    bob = visitor(shared)
    ids = [c["id"] for c in shared.config["components"] if c["props"].get("elem_id") == "painting-easel"]
    component = ids[0] if ids else shared.config["components"][0]["id"]
    body = {"component_id": component, "fn_name": "frame", "session_hash": bob.session}
    assert post(bob, "component_server", data={"session": ann.session}, **body).status_code == 403
    assert post(bob, "component_server", data={"session": bob.session}, **body).status_code != 403


def test_another_s_event_can_not_be_cancelled_nor_read(shared, ann):
    bob = visitor(shared)
    body = {"session_hash": bob.session, "fn_index": 0, "event_id": ann.event}
    assert post(bob, "cancel", **body).status_code == 403
    assert post(ann, "cancel", **body | {"session_hash": ann.session}).status_code == 200
    for way in (f"call/predict/{ann.event}", f"call/{ann.event}", "queue/status", f"stream/{ann.event}/close"):
        assert get(bob, way).status_code == 404, way
        assert post(bob, way).status_code == 404, way


def test_another_s_upload_can_not_be_taken_for_one_s_own(shared):
    ann, bob = visitor(shared), visitor(shared)
    picture = {"files": ("a.png", b"\x89PNG" + secrets.token_bytes(40), "image/png")}
    path = httpx.post(f"{ann.address}/upload?upload_id=one", files=picture, **ann.options).json()[0]
    assert get(ann, f"file={path}").status_code == 200
    assert get(bob, f"file={path}").status_code == 403
    assert get(bob, "upload_progress?upload_id=one").status_code == 403
    told = bob.press("painting-upload", "upload", painting_upload={"path": path, "meta": {"_type": "gradio.FileData"}})
    assert told[-1]["status"] == 403
    told = bob.press("painting-upload", "upload", painting_upload={"path": "/etc/passwd"})
    assert told[-1]["status"] == 403


CLOSED = """gradio_api/info gradio_api/openapi.json docs openapi.json monitoring monitoring/summary gradio_api/token
gradio_api/user gradio_api/app_id gradio_api/runs gradio_api/vibe-code gradio_api/dev/reload gradio_api/deep_link
gradio_api/mcp/ pwa_icon login logout gradio_api/custom_component/1/client/component/x.js
gradio_api/queue/status""".split()


def test_what_a_page_never_asks_for_is_closed(shared):
    bob = visitor(shared)
    root = shared.local_url
    for path in CLOSED:
        assert httpx.get(root + path, **bob.options).status_code == 404, path
        assert httpx.post(root + path, **bob.options).status_code == 404, path
    for path in ("", "config", "theme.css", "favicon.ico"):
        assert httpx.get(root + path, **bob.options).status_code == 200, path


def test_the_table_names_routes_that_gradio_has():
    import gradio.routes

    source = inspect.getsource(gradio.routes)
    found = re.findall(r'@(?:router|app)\.(get|post|head)\(\s*"([^"]+)"', source)
    there = {(method.upper(), re.sub(r"\{.*", "*", path).rstrip("/") or "/") for method, path in found}
    assert len(there) > 40
    for method, path in ROUTES:
        if path not in ("/healthz", "/metrics"):
            bare = path.removeprefix("/gradio_api").replace("run/predict", "run/*").rstrip("/") or "/"
            assert (method, bare) in there, path


def test_forgetting_begins_with_the_oldest():
    owners = Owners()
    for number in range(5000):
        owners.tell("ann", str(number))
    assert not owners.knows("ann", "0")
    assert owners.knows("ann", "4999")
    assert owners.claim("page", "ann")
    assert not owners.claim("page", "bob")


def test_who_does_not_listen_asks_for_a_few_works_only():
    owners = Owners()
    assert [owners.join("page") for _ in range(30)].count(True) == 20
    with owners.listen("page"), owners.listen("page"):
        assert all(owners.join("page") for _ in range(100))
    assert [owners.join("page") for _ in range(30)].count(True) == 20


def test_what_an_answer_tells_is_found_in_any_form():
    event = {"msg": "process_completed", "event_id": "e1", "output": {"data": [{"path": "/a/b.png", "url": "x"}]}}
    assert set(list_told(b"data: " + json.dumps(event).encode() + b"\n\n")) == {"e1", "/a/b.png"}
    assert list(list_told(b'["/tmp/x.png"]')) == ["/tmp/x.png"]
    assert list(list_told(b'{"event_id": "e2"}')) == ["e2"]
    assert list(list_told(b"data: {broken path")) == []
    assert find_route("GET", "/gradio_api/queue/data/") == "named"
    assert find_route("POST", "/gradio_api/queue/data") is None
    assert find_route("GET", "/assets/../config") is None
