"""The owner's log: one line an event, told by whom but never what, unless the owner wants the words too."""

import io
import logging

import pytest

from pipelines.errors import EmptyPrompt, StudioClosing
from studio.chronicle import Chronicle, Lines, log, open_log


@pytest.fixture
def written():
    """Return a function that opens the log on a text in memory; the logger is left as it was."""
    before = log.handlers[:], log.level, log.propagate

    def begin(**options):
        stream = io.StringIO()
        open_log(stream, **options)
        return stream

    yield begin
    log.handlers[:], log.level, log.propagate = before


def make_one(chronicle, outcome="finished", error=None):
    entry = chronicle.begin("painting", "session-abc")
    chronicle.end(entry, outcome, 24, error, "a house by the sea")


def test_a_work_is_two_lines_without_its_words_or_its_session(written):
    stream = written()
    make_one(Chronicle())
    begun, ended = stream.getvalue().splitlines()
    assert "level=info event=begun visitor=" in begun
    for part in ("event=ended", "art=painting", "steps=24", "seconds=0.00", "outcome=finished"):
        assert part in ended
    assert "sea" not in stream.getvalue()
    assert "session-abc" not in stream.getvalue()
    assert begun.split("visitor=")[1].split()[0] == ended.split("visitor=")[1].split()[0]


def test_an_owner_may_want_the_words(written):
    stream = written(words=True)
    make_one(Chronicle(words=True))
    assert stream.getvalue().splitlines()[1].endswith('prompt="a house by the sea"')


def test_a_visitor_can_not_forge_a_line(written):
    stream = written(words=True)
    chronicle = Chronicle(words=True)
    chronicle.end(chronicle.begin("music", "s"), "finished", 1, None, 'x"\nlevel=error event=broken')
    assert len(stream.getvalue().splitlines()) == 2


def test_two_studios_know_a_visitor_by_two_names():
    assert Chronicle().name("s") != Chronicle().name("s")


@pytest.mark.parametrize(("words", "shown"), [(False, False), (True, True)])
def test_the_words_in_an_error_s_message_are_not_written_either(written, words, shown):
    stream = written(words=words)
    poem = "my " + "sec" + "ret poem"  # a trace has the lines of the code
    try:
        raise ValueError(f"can't read: {poem}")
    except ValueError as error:
        log.error("a handler failed", exc_info=error, extra={"of_visitor": True})
        text = stream.getvalue()
        log.error("a model could not be loaded", exc_info=error)
    assert ("secret" in text) == shown
    assert "ValueError" in text
    assert "test_chronicle.py" in text
    assert "secret" in stream.getvalue().removeprefix(text)


def test_works_are_counted_by_art_outcome_and_kind_of_error():
    chronicle = Chronicle()
    make_one(chronicle)
    make_one(chronicle, "stopped")
    make_one(chronicle, "failed", EmptyPrompt())
    make_one(chronicle, "failed", ZeroDivisionError("secret"))
    make_one(chronicle, "failed", MemoryError())
    read = chronicle.registry.get_sample_value
    assert read("triptych_works_begun_total", {"art": "painting"}) == 5
    for outcome, count in {"finished": 1, "stopped": 1, "failed": 3}.items():
        assert read("triptych_works_ended_total", {"art": "painting", "outcome": outcome}) == count
    for kind in ("EmptyPrompt", "unforeseen", "OutOfMemory"):
        assert read("triptych_errors_total", {"art": "painting", "kind": kind}) == 1
    assert read("triptych_steps_total", {"art": "painting"}) == 120
    assert read("triptych_steps_per_second", {"art": "painting"}) > 0


def test_pictures_of_a_live_canvas_are_counted_beside_the_works():
    chronicle = Chronicle()
    for _ in range(3):
        chronicle.count_frame("painting")
    assert chronicle.registry.get_sample_value("triptych_live_pictures_total", {"art": "painting"}) == 3
    assert chronicle.registry.get_sample_value("triptych_works_begun_total", {"art": "painting"}) is None


def test_a_studio_that_closes_begins_nothing_and_waits_for_what_runs():
    chronicle = Chronicle()
    entry = chronicle.begin("music", "s")
    chronicle.close()
    with pytest.raises(StudioClosing):
        chronicle.begin("music", "s")
    assert not chronicle.wait(0.01)
    chronicle.end(entry, "stopped", 3)
    assert chronicle.wait(0.01)


def test_a_plain_record_is_a_line_too():
    record = logging.LogRecord("triptych", logging.WARNING, "", 0, "the model %s is missing", ("m",), None)
    assert Lines().format(record).endswith('level=warning event="the model m is missing"')
