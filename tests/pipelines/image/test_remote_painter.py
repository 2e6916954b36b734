"""A painter on a server: what it is asked for, what comes of it, and whatever goes wrong told in a sentence."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from pipelines.errors import (
    AddOnUnfit,
    CannotStart,
    EmptyPrompt,
    KeyRefused,
    LinkNotFollowed,
    NotOffered,
    NotThere,
    NotUnderstood,
    RequestRefused,
    ServerBusy,
    ServerDropped,
    ServerMissing,
    ServerSilent,
)
from pipelines.image import ImageParams
from pipelines.image.grid import Axis, Grid
from pipelines.image.infotext import OURS, write_infotext
from pipelines.image.link import fetch
from pipelines.image.remote import RemotePainter
from pipelines.image.server import ImageServer
from pipelines.pictures import write_address
from pipelines.take import Take
from studio.performance import Commission, perform
from tests.pipelines.image.servers import break_off, draw_png, open_studio, read_alpha, refuse, send
from tests.pipelines.image.test_memory_shortage import Views
from tests.pipelines.text.servers import free_port

KEY = "sk-very-secret"


@pytest.fixture
def hire():
    """Return a function that makes a painter on a server; the lines are closed in the end."""
    lines = []

    def hire(address, patience_s=5.0, model="m"):
        lines.append(ImageServer(address, KEY, patience_s))
        return RemotePainter.connect(lines[-1], model)

    yield hire
    for line in lines:
        line.close()


def ask(**values):
    return ImageParams(**{"prompt": "a boat", "size": "256"} | values)


def paint(painter, params, seed=7):
    return list(painter.generate(lambda: params, seed))


def fail(painter, params):
    """Return what reached the page and the error that ended it."""
    told = []
    try:
        for step in painter.generate(lambda: params, 7):
            told.append(step)
    except Exception as error:  # noqa: BLE001
        return told, error
    return told, None


def test_it_asks_for_the_size_and_the_number_and_gets_real_pictures(hire):
    with open_studio() as server:
        steps = paint(hire(server.address), ask(num_images=3, style="watercolour"))
    (asked,) = server.requests
    assert asked == {
        "model": "m", "prompt": "a boat, watercolour", "size": "256x256", "n": 3, "response_format": "b64_json",
    }  # fmt: skip
    last = steps[-1]
    assert [picture.size for picture in last.pictures] == [(256, 256)] * 3
    assert len({picture.tobytes() for picture in last.pictures}) == 3
    assert last.done
    assert last.pictures == last.finish()
    assert [glimpse.size for glimpse in last.previews] == [(256, 256)] * 3
    assert server.keys == [f"Bearer {KEY}"]


def test_the_model_is_found_where_the_server_has_one(hire):
    with open_studio() as server:
        assert hire(server.address, model="").model == "m"


def test_the_words_that_each_seed_chooses_are_asked_for_one_by_one_and_marks_left_out(hire):
    with open_studio() as server:
        paint(hire(server.address), ask(prompt="(a red:1.4) {boat|moon|tree|sea}", num_images=3), seed=8)
    words = [asked["prompt"] for asked in server.requests]
    assert len(words) == 3
    assert len(set(words)) > 1
    assert all(asked["n"] == 1 and asked["prompt"].startswith("a red ") for asked in server.requests)


def test_a_server_of_few_sizes_is_asked_for_the_nearest_it_names(hire):
    offered = ["1024x1024", "1536x1024", "1024x1536"]

    def script(asked, _):
        told = f"Invalid size '{asked['size']}'. Not 00x00. Supported sizes are {', '.join(offered)}."
        return None if asked["size"] in offered else refuse(400, told)

    with open_studio(script) as server:
        painter = hire(server.address)
        for shape in ("3:2", "9:16", "1:1"):
            paint(painter, ImageParams(prompt="a boat", size="1024", aspect_ratio=shape))
    sizes = [asked["size"] for asked in server.requests]
    assert sizes == ["1248x832", "1536x1024", "1024x1536", "1024x1024"]


def test_what_the_protocol_lacks_is_inert_and_nothing_acts_mid_run(hire):
    with open_studio() as server:
        knobs = hire(server.address).knobs
    shown = {name for name, knob in knobs.items() if not knob.inert}
    assert shown == {"prompt", "style", "size", "aspect_ratio", "num_images", "start", "mask"}
    assert not [name for name, knob in knobs.items() if knob.live]
    assert knobs["size"].default == "1024"


def test_while_it_waits_it_says_so_and_a_move_is_neither_read_nor_recorded(hire):
    reads = []
    with open_studio(wait_s=1.3) as server:
        steps = list(hire(server.address).generate(lambda: reads.append(1) or ask(), 7))
    assert [step.state for step in steps[:2]] == ["waiting"] * 2
    assert not steps[0].previews
    assert (steps[-1].state, steps[-1].index, steps[-1].total) == ("working", 1, 1)
    assert len(reads) == 1


@pytest.mark.parametrize("steps", [0, 1])
def test_stop_hangs_up_before_and_while_it_waits(hire, steps):
    with open_studio(wait_s=8.0) as server:
        run = hire(server.address).generate(ask, 7)
        for _ in range(steps + 1):
            assert next(run).state == "waiting"
        run.close()
        end = time.monotonic() + 4
        while not server.left and time.monotonic() < end:
            time.sleep(0.02)
        assert server.left == 1


def test_a_take_keeps_model_and_words_and_promises_no_replay(hire):
    with open_studio() as server:
        painter = hire(server.address)
        *_, last = perform(painter, Commission("painting", "m @ host", 7), ask, lambda: True)
    take = Take.from_json(last.take.to_json())
    assert (take.model, take.params["prompt"], take.moves) == ("m @ host", "a boat", ())
    assert not painter.exact
    infotext = write_infotext(take, 0, (256, 256), painter.sampler)
    assert infotext == f"a boat\nSeed: 7, Size: 256x256, Model: m @ host, Version: {OURS}"


def test_a_lora_can_not_be_sent_to_a_server(hire, tmp_path):
    with open_studio() as server:
        painter = hire(server.address)
        assert type(fail(painter, ask(prompt="a boat <lora:storm:1>"))[1]) is NotOffered
        assert (painter.tell_hashes(ask()), painter.read_trigger_words("storm"), painter.troubles) == ("", (), ())
        line = ImageServer(server.address)
        told = RemotePainter.connect(line, "m", tmp_path, {"canny": "somebody/canny"}).troubles
        line.close()
    assert [type(trouble) for trouble in told] == [AddOnUnfit, AddOnUnfit]
    assert not server.requests


def test_an_empty_prompt_is_refused_before_anything_is_sent(hire):
    with open_studio() as server:
        assert type(fail(hire(server.address), ask(prompt=" "))[1]) is EmptyPrompt
    assert not server.requests


def test_a_grid_waits_with_what_it_has(hire):
    with open_studio(wait_s=0.7) as server:
        steps = list(Grid(hire(server.address), Axis("style", ("oil", "ink")), Axis()).generate(ask, 7))
    assert not steps[0].cells
    assert all(cell.step.pictures for step in steps for cell in step.cells)
    assert [len(step.whole) for step in steps][-1] == 2
    assert [asked["prompt"] for asked in server.requests] == ["a boat, oil painting", "a boat, ink wash"]


# What a server doesn't take


def test_one_that_refuses_to_be_told_the_format_is_asked_without_it_from_then_on(hire):
    def script(asked, number):
        return refuse(400, "Unknown parameter: 'response_format'.") if "response_format" in asked else None

    with open_studio(script) as server:
        painter = hire(server.address)
        assert paint(painter, ask())[-1].pictures
        assert paint(painter, ask())[-1].pictures
    assert ["response_format" in asked for asked in server.requests] == [True, False, False]


def test_one_that_refuses_several_or_forgets_some_is_asked_one_by_one(hire):
    def refusing(asked, number):
        return refuse(400, "'n' must be 1") if asked["n"] > 1 else None

    def forgetting(asked, number):
        return send(draw_png()) if asked["n"] > 1 else None

    for script, counts in ((refusing, [3, 1, 1, 1]), (forgetting, [3, 1, 1])):
        with open_studio(script) as server:
            painter = hire(server.address)
            steps = paint(painter, ask(num_images=3))
            assert len(steps[-1].pictures) == 3
            assert [asked["n"] for asked in server.requests] == counts
            paint(painter, ask(num_images=2))
            assert [asked["n"] for asked in server.requests[len(counts) :]] == [1, 1]


# Edits


def blots():
    noise = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((256, 256))


def test_a_start_is_sent_as_an_edit_and_what_the_mask_keeps_is_the_start_to_the_last_bit(hire):
    mask = Image.new("L", (256, 256))
    mask.paste(255, (128, 0, 256, 256))
    with open_studio() as server:
        painter = hire(server.address)
        (edited,) = paint(painter, ask(start=write_address(blots())))[-1].pictures
        (masked,) = paint(painter, ask(start=write_address(blots()), mask=write_address(mask)))[-1].pictures
    first, second = server.requests
    assert first["image"].startswith(b"\x89PNG")
    assert "mask" not in first
    assert edited.tobytes() != blots().tobytes()
    assert set(read_alpha(second["mask"])) == {0, 255}
    assert read_alpha(second["mask"])[:256] == b"\xff" * 128 + b"\x00" * 128  # what is transparent is painted
    left = (0, 0, 128, 256)
    assert masked.crop(left).tobytes() == blots().crop(left).tobytes()
    assert masked.tobytes() != blots().tobytes()


def test_a_server_without_edits_says_that_it_paints_from_words(hire):
    def script(asked, number):
        return refuse(404, "Not Found") if "image" in asked else None

    with open_studio(script) as server:
        assert type(fail(hire(server.address), ask(start=write_address(blots())))[1]) is CannotStart
        assert type(fail(hire(server.address), ask())[1]) is type(None)


# What goes wrong


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, f"Incorrect API key provided: {KEY}", KeyRefused),
        (403, "no", KeyRefused),
        (402, "Insufficient balance", ServerBusy),
        (429, "Rate limit reached", ServerBusy),
        (404, "The model does not exist", NotThere),
        (400, f"Your request was rejected by the safety system <b>{KEY}", RequestRefused),
        (500, "oh", ServerDropped),
        (503, "", ServerDropped),
    ],
)
def test_a_refusal_is_told_in_a_sentence_without_the_key(hire, status, message, kind):
    with open_studio(lambda asked, number: refuse(status, message)) as server:
        told, error = fail(hire(server.address), ask())
    assert type(error) is kind
    seen = repr(error) + str(error.details) + repr(error.__cause__) + repr(error.__context__)
    assert KEY not in seen
    assert "<b>" not in seen
    assert len(server.requests) == 1, "a refusal is told at once, not asked again"


HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.mark.parametrize(
    "answer",
    [
        send(),
        send(b"not a picture"),
        send(draw_png()[:70]),
        send(HEAD + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00" + b"\x00" * 40),  # a bomb
        send(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_something_that_is_no_picture_is_not_taken_for_one(hire, answer):
    with open_studio(lambda asked, number: answer) as server:
        assert type(fail(hire(server.address), ask())[1]) is NotUnderstood


@pytest.mark.parametrize(
    "body",
    [{}, [], {"data": 5}, {"data": [{"b64_json": "§"}]}, {"data": [{"b64_json": 7}]}, {"data": [{}]}, {"data": ["x"]}],
)
def test_an_answer_outside_the_protocol_is_told_as_such(hire, body):
    from fastapi.responses import JSONResponse

    with open_studio(lambda asked, number: JSONResponse(body)) as server:
        assert type(fail(hire(server.address), ask())[1]) is NotUnderstood


def test_an_answer_without_end_is_not_read_to_it(hire, monkeypatch):
    import pipelines.image.server as server_module

    monkeypatch.setattr(server_module, "MAX_BYTES", 50_000)
    with open_studio(lambda asked, number: send(b"x" * 200_000)) as server:
        assert type(fail(hire(server.address), ask())[1]) is NotUnderstood


def test_what_came_before_a_connection_breaks_stays(hire):
    def script(asked, number):
        return refuse(400, "one at a time") if asked["n"] > 1 else break_off() if number > 2 else None

    def two():
        return ask(num_images=2)

    with open_studio(script) as server:
        views = Views()
        with pytest.raises(ServerDropped):
            views.extend(perform(hire(server.address), Commission("painting", "m", 7), two, lambda: True))
    assert len(views[-1].step.finish()) == 1


def test_silence_ends_in_a_sentence(hire):
    with open_studio(wait_s=8.0) as server:
        started = time.monotonic()
        told, error = fail(hire(server.address, patience_s=1.2), ask())
        assert type(error) is ServerSilent
        assert time.monotonic() - started < 6
    assert all(step.state == "waiting" for step in told)


def test_a_server_that_is_not_there(hire):
    assert type(fail(hire(f"http://127.0.0.1:{free_port()}/v1"), ask())[1]) is ServerMissing


# Links


def test_a_link_to_the_server_itself_is_followed_without_the_key(hire):
    def script(asked, number):
        asked["response_format"] = "url"

    with open_studio(script) as server:
        (picture,) = paint(hire(server.address), ask())[-1].pictures
    assert picture.size == (256, 256)
    assert len(server.pictures) == 1


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:9/x.png",
        "http://localhost/x.png",
        "http://[::1]/x.png",
        "http://10.0.0.1/x.png",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:127.0.0.1]/x.png",
        "http://0.0.0.0/x.png",
        "http://2130706433/x.png",
        "http://no.such.host.invalid/x.png",
        "http://user@10.0.0.1/x.png",
        "file:///etc/passwd",
        "ftp://example.com/x.png",
        "//example.com/x.png",
        "http://[broken/x.png",
        "",
    ],
)
def test_a_link_into_a_private_network_or_to_something_else_is_not_followed(hire, link):
    from fastapi.responses import JSONResponse

    with open_studio(lambda asked, number: JSONResponse({"data": [{"url": link}]})) as server:
        error = fail(hire(server.address), ask())[1]
    assert type(error) in (LinkNotFollowed, NotUnderstood)


def test_a_redirection_is_not_followed(hire):
    from fastapi.responses import JSONResponse, RedirectResponse

    with open_studio() as inner, open_studio() as server:
        inner.pictures["secret.png"] = draw_png()
        goal = inner.address.replace("/v1", "/pictures/secret.png")
        server.app.get("/away")(lambda: RedirectResponse(goal))
        server.script = lambda asked, number: JSONResponse({"data": [{"url": server.address.replace("/v1", "/away")}]})
        assert type(fail(hire(server.address), ask())[1]) is LinkNotFollowed


async def _follow(link):
    return await fetch(link, "api.example.com", 3.0, 100_000)


def test_a_public_name_is_looked_up_once_and_asked_at_the_address_found(monkeypatch):
    """The name leads to this machine, which is called public for the test: what counts is where the request goes."""
    import asyncio
    import ipaddress

    looked = []

    async def look(self, name, port, **_):
        looked.append(name)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", look)
    monkeypatch.setattr(ipaddress.IPv4Address, "is_global", True)
    with open_studio() as server:
        server.pictures["a.png"] = draw_png()
        port = server.address.split(":")[2].split("/")[0]
        link = f"http://pictures.example.com:{port}/pictures/a.png"
        with ThreadPoolExecutor(1) as threads:  # the browser tests leave a running loop in the main one
            found = threads.submit(asyncio.run, _follow(link)).result()
    assert found == draw_png()
    assert looked[0] == "pictures.example.com"
    assert "127.0.0.1" in looked[1:] or len(looked) == 1
