"""Stop words on a server end a work exactly where they end one written here, whatever the server makes of them."""

import pytest

from pipelines.text import TextParams
from pipelines.text.phrases import find_end, spell_stops, split_phrases
from tests.pipelines.text.servers import chunk, is_meeting, meet, recite, stage

MEETING = " once a rose"
TALES = [
    ("a moon", "the end", " rose, and so the end of it"),
    ("a moon", "the end", " rose.\nThe End\n\nand more"),
    ("a moon", "The End", " rose.\nThe End\n\nand more"),
    ("a moon and so the", "the end", " end of it, the end"),
    ("a moon ", "art", " heart, apart and artful art"),
    ("a moon", "rose\nthe end\nstar\nnight\nsea", " over the sea at night, the end of a rose"),
    ("月", "月亮\n星", "光如水，月亮升起，星星"),
    ("a moon", "…fin", " rose…final…fin"),
    ("a moon", "STRASSE", " in der Straße lag"),
    ("a moon", "dawn", " rose and stayed"),
]


def cut(page, phrases, text):
    """Return what a writer here would have written, letter by letter."""
    ends = (i for i in range(len(text)) if find_end(page + text[:i], text[i], split_phrases(phrases)))
    return text[: next(ends, len(text)) + 1]


def write(writer, page, phrases):
    params = TextParams(prompt=page, stop_words=phrases, max_tokens=200)
    *_, last = writer.generate(lambda: params, 1)
    return last.text


@pytest.mark.parametrize("manner", ["deaf", "silent", "kept", "told"])
@pytest.mark.parametrize(("page", "phrases", "text"), TALES)
def test_a_work_ends_where_it_would_end_here(manner, page, phrases, text):
    def script(request, number):
        return 200, recite(request, MEETING if is_meeting(request) else text, stops=manner)

    with stage(script) as server, meet(server) as writer:
        blank = page.endswith(" ")  # the page's blank isn't written twice
        assert write(writer, page, phrases) == cut(page, phrases, text.removeprefix(" ") if blank else text)
        sent = server.requests[-1].get("stop", [])
    assert sent == ([] if manner == "silent" else spell_stops(phrases, 4))


def test_at_most_four_go_and_those_that_begin_a_word_with_what_stands_before_it():
    assert spell_stops("The End\n月亮\n\n", 4) == [" The End", "月亮", "\nThe End"]
    assert spell_stops("a\nb\nc\nd\ne", 4) == [" a", " b", " c", " d"]
    assert spell_stops("x" * 201 + "\n \n", 4) == []


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_that_refuses_them_is_sent_none_and_the_work_ends_all_the_same(status):
    def script(request, number):
        if "stop" in request:
            return status, {"error": {"message": "Unsupported parameter: 'stop' is not supported with this model."}}
        return 200, recite(request, MEETING if is_meeting(request) else " rose, the end of it")

    with stage(script) as server, meet(server) as writer:
        assert write(writer, "a moon", "the end") == " rose, the end"
        assert "stop" not in server.requests[-1]


def test_a_model_that_thinks_is_sent_none():
    """A server may find a stop word in the thought, and end there."""

    def script(request, number):
        return 200, [chunk(reasoning="A sea? The end?"), *recite(request, " rose, the end of it", stops="told")]

    with stage(script) as server, meet(server) as writer:
        assert write(writer, "a moon", "the end") == " rose, the end"
        assert "stop" not in server.requests[-1]


def test_a_stop_word_in_a_thought_that_came_unawares_costs_a_second_request():
    def script(request, number):
        if is_meeting(request):
            return 200, recite(request, MEETING, stops="told")
        if "stop" in request:
            return 200, [chunk(reasoning="A sea? So"), chunk(end="stop", told={"stop_reason": " the end"})]
        return 200, [chunk(reasoning="A sea? So the end?"), *recite(request, " rose, the end of it")]

    with stage(script) as server, meet(server) as writer:
        assert write(writer, "a moon", "the end") == " rose, the end"
        assert [request.get("stop") for request in server.requests[-2:]] == [[" the end", "\nthe end"], None]


def test_what_another_rule_of_the_server_stopped_at_is_not_written():
    def script(request, number):
        if is_meeting(request):
            return 200, recite(request, MEETING, stops="told")
        return 200, [chunk(" rose"), chunk(end="stop", told={"matched_stop": "<|im_end|>"})]

    with stage(script) as server, meet(server) as writer:
        assert write(writer, "a moon", "the end") == " rose"
        assert server.requests[-1]["stop"] == [" the end", "\nthe end"]
