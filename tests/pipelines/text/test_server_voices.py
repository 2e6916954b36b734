"""Several continuations on a server begin as one request where it takes `n`, and lose nothing where it doesn't."""

import time
from dataclasses import replace

import pytest

from pipelines.errors import RequestRefused, ServerBusy, ServerDropped
from pipelines.text import TextParams
from studio.chorus import Chorus
from studio.performance import Commission, perform
from tests.pipelines.text.servers import chunk, interleave, is_meeting, meet, recite, stage

PAGE = TextParams(prompt="a moon", max_tokens=200)
MOVED = replace(PAGE, temperature=0.1)
TEXTS = (" rose over the sea and slept", " fell", " stood still, the night was long and cold")


def sing_all(request, texts=TEXTS):
    return interleave(*(recite(request, text, index=index) for index, text in enumerate(texts)))


def obey(request, number):
    """Play a server that takes `n`; a lone reply is the first text, or the one that the seed asks for."""
    if request.get("n", 1) > 1:
        return 200, sing_all(request, TEXTS[: request["n"]])
    return 200, recite(request, TEXTS[request["seed"] % 3])


def ignore(request, number):
    return 200, recite(request, TEXTS[request["seed"] % 3])


def refuse(request, number):
    if "n" in request:
        return 400, {"error": {"message": "'n' : number must be at most 1 with this model"}}
    return ignore(request, number)


def fail(request, number):
    return (500, {"error": "Only one completion choice is allowed"}) if "n" in request else ignore(request, number)


def texts(step):
    return tuple("" if voice is None else voice.text for voice in step.voices)


def asked(server):
    """Return how many replies each request wanted, after the meeting."""
    return [request.get("n", 1) for request in server.requests if not is_meeting(request)]


def wait_for_left(server):
    """Return how many streams their reader left, as soon as it is one."""
    for _ in range(100):
        if server.left:
            break
        time.sleep(0.02)
    return server.left


def sing(writer, read=lambda: PAGE):
    """Return the steps of a chorus and the error that ended it."""
    told = []
    try:
        for step in Chorus(writer, 3).generate(read, 3):
            told.append(step)
    except Exception as error:  # noqa: BLE001
        return told, error
    return told, None


def test_one_request_brings_three_texts_side_by_side_each_with_its_own_end():
    with stage(obey) as server, meet(server) as writer:
        told, error = sing(writer)
        assert asked(server) == [3]
    assert error is None
    assert texts(told[-1]) == TEXTS
    early = next(step for step in told if texts(step)[1] == TEXTS[1])
    assert 0 < len(texts(early)[0]) < len(TEXTS[0]), "they grow together"
    assert told[-1].index == max(voice.index for voice in told[-1].voices)


@pytest.mark.parametrize("script", [ignore, refuse, fail])
def test_a_server_that_has_one_reply_is_asked_for_each_voice(script):
    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer)
        assert asked(server) == [1, 1, 1]
    assert error is None
    assert texts(told[-1]) == TEXTS


@pytest.mark.parametrize(("later", "again"), [(ignore, [1, 1, 1]), (refuse, [3, 1, 1, 1])])
def test_one_that_changes_its_mind_loses_no_voice(later, again):
    def script(request, number):
        return obey(request, number) if is_meeting(request) else later(request, number)

    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer)
        assert error is None
        assert texts(told[-1]) == TEXTS
        assert asked(server)[0] == 3
        first = len(asked(server))
        assert texts(sing(writer)[0][-1]) == TEXTS
        assert asked(server)[first:] == again


def test_only_works_that_ask_for_the_same_share_a_request():
    knob = TextParams.knobs()["temperature"]
    with stage(obey) as server, meet(server) as writer:
        chorus = Chorus(writer, 3, knob)
        *_, last = chorus.generate(lambda: PAGE, 3)
        assert asked(server) == [1, 1, 1]
        assert sorted(request["temperature"] for request in server.requests[-3:]) == list(chorus.values)
    assert all(texts(last))


def test_a_moved_knob_cuts_the_stream_and_each_voice_goes_on_from_its_own_text():
    long = [text + " for many a year" * 30 for text in TEXTS]

    def script(request, number):
        if is_meeting(request):
            return obey(request, number)
        if "n" in request:
            return 200, [part for piece in sing_all(request, long) for part in (piece, 0.02)]
        return 200, recite(request, " anew")

    reads = iter([PAGE] * 10)
    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer, lambda: next(reads, MOVED))
        assert error is None
        assert asked(server) == [3, 1, 1, 1]
        pages = [request["messages"][-1]["content"].split("\n\n")[-1] for request in server.requests[-3:]]
        assert {request["temperature"] for request in server.requests[-3:]} == {0.1}
        assert wait_for_left(server) == 1, "the stream that they shared is closed"
    for text, whole in zip(texts(told[-1]), long, strict=True):
        own = text.removesuffix(" anew")
        assert own
        assert whole.startswith(own)
        assert "a moon" + own in pages


def test_a_stop_word_ends_its_own_voice_and_the_others_go_on():
    with stage(obey) as server, meet(server) as writer:
        told, error = sing(writer, lambda: replace(PAGE, stop_words="sea\nstill"))
        assert asked(server) == [3]
    assert error is None
    assert texts(told[-1]) == (" rose over the sea", " fell", " stood still")


def test_the_last_voice_to_leave_hangs_up():
    def script(request, number):
        if is_meeting(request):
            return obey(request, number)
        endless = (chunk(f" word{place}", index=place % 3) for place in range(3000))
        return 200, (part for piece in endless for part in (piece, 0.005))

    with stage(script) as server, meet(server) as writer:
        _, error = sing(writer, lambda: replace(PAGE, max_tokens=16 + 8))
        assert error is None
        assert wait_for_left(server) == 1
    with stage(script) as server, meet(server) as writer:
        run = Chorus(writer, 3).generate(lambda: PAGE, 3)
        next(run)
        assert server.left == 0
        run.close()
        assert wait_for_left(server) == 1


def test_a_length_raised_in_time_lets_each_voice_go_on_by_itself():
    def script(request, number):
        if is_meeting(request):
            return obey(request, number)
        if "n" in request:
            return 200, interleave(*([chunk(" a", index=i), chunk(end="length", index=i)] for i in range(3)))
        return 200, recite(request, " anew")

    reads = iter([replace(PAGE, max_tokens=24)])
    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer, lambda: next(reads, PAGE))
        assert asked(server) == [3, 1, 1, 1]
    assert error is None
    assert texts(told[-1]) == (" a anew",) * 3


def test_the_words_of_every_voice_stay_when_the_stream_breaks():
    def script(request, number):
        if is_meeting(request):
            return obey(request, number)
        return 200, [*sing_all(request)[:9], "drop"]

    with stage(script) as server, meet(server) as writer:
        shown = []
        with pytest.raises(ServerDropped):
            shown.extend(perform(Chorus(writer, 3), Commission("literature", "m", 7), lambda: PAGE, lambda: True))
        assert asked(server) == [3], "what broke off is told, not asked again"
    last = shown[-1]
    assert last.done
    assert all(text and whole.startswith(text) for text, whole in zip(texts(last.step), TEXTS, strict=True))


def test_a_refusal_is_told_once_the_others_have_ended():
    def script(request, number):
        if is_meeting(request):
            return obey(request, number)
        texts = [recite(request, text, index=index) for index, text in enumerate(TEXTS)]
        texts[1] = [chunk(" f", index=1), chunk(end="content_filter", index=1)]
        return 200, interleave(*texts)

    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer)
    assert type(error) is RequestRefused
    assert texts(told[-1]) == (TEXTS[0], " f", TEXTS[2])


def test_a_busy_server_leaves_the_voice_that_it_took():
    def script(request, number):
        if not is_meeting(request) and request["seed"] != 3:
            return 429, {"error": {"message": "Rate limit reached"}}
        return ignore(request, number)

    with stage(script) as server, meet(server) as writer:
        told, error = sing(writer)
    assert type(error) is ServerBusy
    assert texts(told[-1])[0] == TEXTS[0]


@pytest.mark.parametrize("takes_n", [True, False])
def test_no_voice_waits_for_one_that_is_silent(takes_n):
    """Many servers write one reply after another."""

    def script(request, number):
        if is_meeting(request):
            return (obey if takes_n else ignore)(request, number)
        one = [part for place in range(60) for part in (chunk(f" word{place}"), 0.005)]
        if takes_n:
            return 200, [*one, chunk(end="stop"), 0.8, *recite(request, " b", index=1), *recite(request, " c", index=2)]
        return 200, [*one, chunk(end="stop")] if request["seed"] == 3 else [1.2, *recite(request, " b")]

    with stage(script) as server, meet(server) as writer:
        started, full = time.monotonic(), None
        for step in Chorus(writer, 3).generate(lambda: PAGE, 3):
            if full is None and texts(step)[0].endswith("word59"):
                full = time.monotonic() - started
    assert full is not None
    assert full < 6, "waiting for the silent ones at every step would take twenty seconds"
    assert all(texts(step))
