"""Whatever goes wrong at a server, the words so far stay, a sentence says what happened, and the key stays hidden."""

import time

import pytest

from pipelines.errors import (
    EndlessThought,
    KeyRefused,
    ModelUnnamed,
    NotThere,
    NotUnderstood,
    RequestRefused,
    ServerBusy,
    ServerDropped,
    ServerMissing,
    ServerSilent,
)
from pipelines.text import TextParams
from pipelines.text.remote import RemoteWriter
from pipelines.text.server import TextServer
from studio.performance import Commission, perform
from tests.pipelines.text.servers import chunk, free_port, stage, words

KEY = "sk-very-secret"
PAGE = TextParams(prompt="a moon", max_tokens=200)


@pytest.fixture
def hire():
    """Return a function that makes a writer on a stage, unmet; the servers are closed in the end."""
    servers = []

    def hire(address, chat=True, patience_s=5.0, key=KEY):
        servers.append(TextServer(address, key, patience_s))
        return RemoteWriter(servers[-1], "m", chat=chat)

    yield hire
    for server in servers:
        server.close()


def listen(writer, read=lambda: PAGE):
    """Return what reached the page and the error that ended it."""
    told = []
    try:
        for step in writer.generate(read, 1):
            told.append(step)
    except Exception as error:  # noqa: BLE001
        return told, error
    return told, None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, {"error": {"message": f"Incorrect API key provided: {KEY}"}}, KeyRefused),
        (403, {"detail": "no"}, KeyRefused),
        (402, {"error": {"message": "Insufficient balance"}}, ServerBusy),
        (429, {"error": {"message": "Rate limit reached"}}, ServerBusy),
        (404, {"error": {"message": "The model does not exist"}}, NotThere),
        (400, {"error": {"message": f"context length exceeded <b> {KEY}"}}, RequestRefused),
        (500, {"error": "oh"}, ServerDropped),
        (503, {}, ServerDropped),
    ],
)
@pytest.mark.parametrize("chat", [True, False])
def test_a_refusal_is_told_in_a_sentence_without_the_key(hire, status, body, kind, chat):
    with stage(lambda request, number: (status, body)) as server:
        told, error = listen(hire(server.address, chat))
    assert type(error) is kind
    assert not [step for step in told if step.text]
    seen = repr(error) + str(error.details) + repr(error.__cause__) + repr(error.__context__)
    assert KEY not in seen
    assert "<b>" not in seen
    assert server.keys == [f"Bearer {KEY}"]
    assert len(server.requests) == 1, "a refusal is told at once, not asked again"


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        (["drop"], ServerDropped),
        ([], ServerDropped),
        ([b"data: {broken\n\n"], NotUnderstood),
        ([b'data: {"choices": [{"delta": {"content": 5}}]}\n\n'], NotUnderstood),
        ([b"data: [1, 2]\n\n"], NotUnderstood),
        ([b"data: \xff\xfe\n\n"], NotUnderstood),
        ([b'data: {"error": {"message": "the engine died"}}\n\n'], RequestRefused),
        ([chunk(end="content_filter")], RequestRefused),
    ],
)
def test_what_came_before_a_stream_breaks_stays(hire, ending, kind):
    with stage(lambda request, number: (200, [*words(5)[:-1], *ending])) as server:
        told, error = listen(hire(server.address))
    assert type(error) is kind
    assert told[-1].text == " word0 word1 word2 word3 word4"


def test_the_page_gets_the_last_words_and_a_recipe_before_it_is_told(hire):
    with stage(lambda request, number: (200, [*words(5)[:-1], "drop"])) as server:
        views = []
        with pytest.raises(ServerDropped):
            views.extend(perform(hire(server.address), Commission("literature", "m", 7), lambda: PAGE, lambda: True))
    last = views[-1]
    assert last.done
    assert last.step.text.endswith("word4")
    assert last.take.steps == last.steps


def test_silence_is_waited_for_in_steps_and_ends_in_a_sentence(hire):
    with stage(lambda request, number: (200, [chunk(" once"), 4])) as server:
        started = time.monotonic()
        told, error = listen(hire(server.address, patience_s=1.2))
        assert type(error) is ServerSilent
        assert time.monotonic() - started < 3
    assert told[0].text == " once"
    assert len(told) > 2, "steps go on, so that Stop acts"


def test_before_the_first_word_the_steps_say_that_they_wait(hire):
    with stage(lambda request, number: (200, [1.2, *words(1)])) as server:
        told, error = listen(hire(server.address))
    assert error is None
    assert [step.state for step in told][:2] == ["waiting", "waiting"]
    assert (told[-1].state, told[-1].text) == ("working", " word0")


def test_a_server_that_is_not_there(hire):
    _, error = listen(hire(f"http://127.0.0.1:{free_port()}/v1"))
    assert type(error) is ServerMissing


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/v1", "http://no such host/v1"])
def test_an_address_that_is_none(address):
    with pytest.raises(ServerMissing):
        RemoteWriter.connect(TextServer(address), "m")


def test_a_key_that_can_not_be_one_is_not_sent(hire):
    with pytest.raises(KeyRefused):
        hire("http://127.0.0.1:9/v1", key="schlüssel\n2")


def test_closing_hangs_up(hire):
    with stage(lambda request, number: (200, [part for word in words(400) for part in (word, 0.02)])) as server:
        run = hire(server.address).generate(lambda: PAGE, 1)
        assert next(run).text == " word0"
        run.close()
        for _ in range(100):
            if server.left:
                break
            time.sleep(0.02)
        assert server.left == 1


def test_closing_hangs_up_on_a_server_that_has_not_answered_yet(hire):
    def script(request, number):
        time.sleep(1.5)
        return 200, [part for word in words(40) for part in (word, 0.02)]

    with stage(script) as server:
        run = hire(server.address).generate(lambda: PAGE, 1)
        assert next(run).state == "waiting"
        run.close()
        for _ in range(150):
            if server.left:
                break
            time.sleep(0.02)
        assert server.left == 1


def test_a_drag_cuts_at_once_and_then_now_and_then(hire):
    """A slider moved at every step asks anew at most twice a second; each request goes on from the text so far."""

    def script(request, number):
        return 200, [part for word in words(400) for part in (word, 0.01)]

    reads = iter(range(10**6))
    with stage(script) as server:
        writer = hire(server.address)
        started = time.monotonic()
        told, _ = listen(
            writer, lambda: TextParams(prompt="a moon", max_tokens=100, temperature=next(reads) % 200 / 100)
        )
        seconds = time.monotonic() - started
    assert 2 <= len(server.requests) <= 2 + 2 * seconds
    for request in server.requests[1:]:
        page = request["messages"][-1]["content"].split("\n\n")[-1]
        assert ("a moon" + told[-1].text).startswith(page)
        assert page != "a moon"
    assert "word" in server.requests[1]["messages"][-1]["content"]


def test_a_cut_waits_for_the_end_of_the_word(hire):
    pieces = [" mid", "ni", "ght", ",", " and"]

    def script(request, number):
        return 200, [*(chunk(piece) for piece in pieces), chunk(end="stop")] if number == 1 else [chunk("x"), *words(1)]

    reads = iter([PAGE, TextParams(prompt="a moon", max_tokens=200, temperature=0.1)])
    held = []

    def read():
        held.append(next(reads, held[-1] if held else None))
        return held[-1]

    with stage(script) as server:
        told, error = listen(hire(server.address), read)
    assert error is None
    assert server.requests[1]["messages"][-1]["content"].endswith("a moon midnight")
    assert [step.piece for step in told][:3] == [" mid", "ni", "ght"]
    assert server.requests[0]["temperature"] == 0.9
    assert server.requests[1]["temperature"] == 0.1


def test_a_length_raised_in_time_goes_on_and_one_lowered_ends(hire):
    with stage(lambda request, number: (200, words(20, end="length"))) as server:
        long, short = TextParams(max_tokens=40), TextParams(max_tokens=16)
        reads = iter([TextParams(max_tokens=20), *[long] * 100])
        told, _ = listen(hire(server.address), lambda: next(reads))
        assert [request["max_tokens"] for request in server.requests] == [20, 20]
        assert told[-1].index == 40
        reads = iter([long, *[short] * 100])
        told, _ = listen(hire(server.address), lambda: next(reads))
        assert told[-1].index == 16


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thoughts_the_server_keeps_apart_stay_off_the_page(hire, field):
    thoughts = [chunk(**{field: "a sea?"}) for _ in range(3)]
    with stage(lambda request, number: (200, [*thoughts, chunk("\n\n"), *words(2)])) as server:
        told, error = listen(hire(server.address))
    assert error is None
    assert [step.state for step in told] == ["thinking"] * 4 + ["working"] * 2
    assert told[-1].text == " word0 word1"


def test_thoughts_in_the_text_stay_off_the_page(hire):
    reply = [chunk("<thi"), chunk("nk>\na sea?"), chunk("\n</think>"), chunk("\n\n"), chunk("rises"), chunk(end="stop")]
    with stage(lambda request, number: (200, reply)) as server:
        told, _ = listen(hire(server.address))
    assert told[-1].text == " rises"
    assert "thinking" in {step.state for step in told}


def test_a_thought_that_uses_up_the_length_is_said_so_and_given_more_next_time(hire):
    with stage(lambda request, number: (200, [chunk(reasoning="hm"), chunk(end="length")])) as server:
        writer = hire(server.address)
        assert type(listen(writer)[1]) is EndlessThought
        listen(writer)
        assert server.requests[1]["max_tokens"] > server.requests[0]["max_tokens"] + 1000


def test_probabilities_are_the_servers_or_none(hire):
    with stage(
        lambda request, number: (200, [chunk(" a", probability=-0.5), chunk(" b"), chunk(end="stop")])
    ) as server:
        told, _ = listen(hire(server.address))
    assert [step.probability for step in told] == [pytest.approx(0.6065, abs=1e-4), None]
    assert told[0].alternatives == ((" a", pytest.approx(0.6065, abs=1e-4)), (" or", pytest.approx(0.1353, abs=1e-4)))
    assert told[1].alternatives == ()


def test_completions_tell_probabilities_in_their_own_way(hire):
    logprobs = {
        "tokens": [" a"],
        "token_logprobs": [-0.5],
        "top_logprobs": [{" a": -0.5, " or": -2}],
        "text_offset": [0],
    }
    ends = {"choices": [{"index": 0, "text": "", "finish_reason": "stop", "logprobs": None}]}
    reply = [{"choices": [{"index": 0, "text": " a", "finish_reason": None, "logprobs": logprobs}]}, ends]
    with stage(lambda request, number: (200, reply)) as server:
        (step,), error = listen(hire(server.address, chat=False))
    assert error is None
    assert server.requests[0]["prompt"] == "a moon"
    assert step.text == " a"
    assert dict(step.alternatives) == {" a": step.probability, " or": pytest.approx(0.1353, abs=1e-4)}


@pytest.mark.parametrize("chat", [True, False])
def test_memory_note_and_stop_words_hold_on_a_server_too(hire, chat):
    if chat:
        reply = words(9)
    else:
        reply = [{"choices": [{"index": 0, "text": f" word{n}", "finish_reason": None}]} for n in range(9)]
    params = TextParams(prompt="a moon", title="Night", memory="It is cold.", note="slowly", stop_words="word3")
    with stage(lambda request, number: (200, reply)) as server:
        told, error = listen(hire(server.address, chat), lambda: params)
    assert error is None
    assert told[-1].text == " word0 word1 word2 word3"
    sent = server.requests[0]["messages"][-1]["content"] if chat else server.requests[0]["prompt"]
    assert sent.endswith("It is cold.\n\nNight\n\n[slowly]\na moon")


def test_meeting_a_server_learns_what_it_takes():
    """Like the newest models of OpenAI: another name for the length, no temperature, no top_p, no log probabilities."""

    def script(request, number):
        for name in ("max_tokens", "temperature", "top_p", "logprobs"):
            if name in request:
                hint = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
                return 400, {"error": {"message": f"Unsupported parameter: '{name}' is not supported.{hint}"}}
        if request["messages"][0]["role"] == "system":
            return 400, {"error": {"message": "System role not supported"}}
        return 200, words(3)

    with stage(script) as server:
        line = TextServer(server.address)
        writer = RemoteWriter.connect(line, "m")
        assert listen(writer)[0][-1].text == " word0 word1 word2"
        assert {name for name, knob in writer.knobs.items() if knob.inert} == {
            "top_k", "min_p", "repetition_penalty", "banned_words", "temperature", "top_p",
        }  # fmt: skip
        with pytest.raises(ModelUnnamed, match="m, n"):
            RemoteWriter.connect(line)
        line.close()


def test_a_refusal_that_names_nothing_of_ours_ends_the_meeting():
    with stage(lambda request, number: (400, {"error": {"message": "You must be eighteen"}})) as server:
        line = TextServer(server.address)
        with pytest.raises(RequestRefused, match="eighteen"):
            RemoteWriter.connect(line, "m")
        line.close()
