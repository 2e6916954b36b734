"""A writer on a real server, started here: `transformers serve` over a small checkpoint with a chat template."""

from dataclasses import replace
from itertools import zip_longest

import pytest

from pipelines.errors import ModelUnnamed, NotOnServer, NotThere
from pipelines.take import Replay, Tape
from pipelines.text import TextParams
from pipelines.text.phrases import find_end, split_phrases
from pipelines.text.reading import suggest_passages, suggest_words, weigh
from pipelines.text.remote import RemoteWriter
from pipelines.text.server import TextServer
from studio.chorus import Chorus
from tests.pipelines.text.checkpoints import build
from tests.pipelines.text.servers import serve

PAGE = TextParams(prompt="a moon", max_tokens=40)
MOVE = {"temperature": 0.0}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = build("llama3", tmp_path_factory.mktemp("served"))
    with serve(folder) as address:
        yield address, str(folder)


@pytest.fixture(scope="module", params=["chat", "base"])
def writer(request, served):
    address, model = served
    server = TextServer(address)
    yield RemoteWriter.connect(server, model, chat=request.param == "chat")
    server.close()


def steered(at, move=MOVE, page=PAGE):
    calls = iter(range(10**6))
    return lambda: replace(page, **move) if next(calls) >= at else page


def spoken(steps):
    """Return the steps that brought words: a slow machine adds silent ones."""
    return [step for step in steps if step.piece]


def test_it_writes_on_from_the_page_piece_by_piece(writer):
    steps = spoken(writer.generate(lambda: PAGE, 3))
    assert len(steps) > 5
    told = ""
    for place, step in enumerate(steps, start=1):
        told += step.piece
        assert (step.text, step.index, step.total, step.state) == (told, place, 40, "working")
    assert steps[-1].index <= 40


def test_the_same_seed_writes_the_same_and_another_another(writer):
    one, two, other = (spoken(writer.generate(lambda: PAGE, seed))[-1].text for seed in (3, 3, 4))
    assert one == two
    assert one != other


def test_it_reads_once_a_step(writer):
    reads = []
    for count, _ in enumerate(writer.generate(lambda: reads.append(1) or PAGE, 1), start=1):
        assert len(reads) == count


def test_a_move_acts_from_the_next_word_and_leaves_the_past_alone(writer):
    straight = spoken(writer.generate(lambda: PAGE, 5))
    bent = spoken(writer.generate(steered(6), 5))
    assert [step.text for step in bent[:6]] == [step.text for step in straight[:6]]
    assert bent[-1].text != straight[-1].text


@pytest.mark.parametrize("steps", [1, 5])
def test_it_stops_at_any_step_and_the_server_is_free_again(writer, steps):
    run = writer.generate(lambda: replace(PAGE, max_tokens=1024), 9)
    assert len([next(run) for _ in range(steps)]) == steps
    run.close()
    assert list(run) == []
    assert spoken(writer.generate(lambda: PAGE, 9))


def test_a_take_records_the_moves_and_asks_for_the_same_again(writer):
    tape = Tape(steered(6))
    spoken(writer.generate(tape, 11))
    take = tape.take(art="literature", model="x", seed=11)
    assert [(move.step, move.name, move.value) for move in take.moves] == [(6, "temperature", 0.0)]
    again = Tape(Replay(take, TextParams, writer.knobs))
    assert spoken(writer.generate(again, 11))
    assert again.take(art="literature", model="x", seed=11).moves == take.moves
    assert not writer.exact


def test_two_works_at_once_do_not_disturb_each_other(writer):
    """Each is written greedily: this server has one set of dice for all."""
    pages = [replace(PAGE, temperature=0.0, max_tokens=count) for count in (40, 12)]
    alone = [spoken(writer.generate(lambda page=page: page, 1))[-1].text for page in pages]
    one, two = (writer.generate(lambda page=page: page, 1) for page in pages)
    pairs = list(zip_longest(one, two))
    together = [spoken(step for step in steps if step)[-1].text for steps in zip(*pairs, strict=True)]
    assert together == alone
    assert alone[0] != alone[1]


def test_a_chorus_falls_back_on_a_request_for_each_voice(writer):
    """This server has one reply to a request, whatever is asked for, and one generator for all that it writes."""
    assert not writer.terms.several
    *_, last = Chorus(writer, 3).generate(lambda: PAGE, 3)
    assert len({voice.text for voice in last.voices}) == 3
    plain = replace(PAGE, temperature=0.0)
    *_, last = Chorus(writer, 3).generate(lambda: plain, 3)
    alone = spoken(writer.generate(lambda: plain, 3))[-1].text
    assert [voice.text for voice in last.voices] == [alone] * 3


def test_a_stop_word_is_the_last_thing_written(writer, monkeypatch):
    """This server leaves the stop word in its text; the meeting's few tokens of noise may not show it."""
    monkeypatch.setattr(writer.terms, "stops", True)
    whole = spoken(writer.generate(lambda: PAGE, 3))[-1].text
    word = next(letter for letter in whole[len(whole) // 3 :] if letter.strip() and letter.isprintable())
    stopped = spoken(writer.generate(lambda: replace(PAGE, stop_words=word), 3))[-1].text
    assert stopped == whole[: find_end("", whole, split_phrases(word))]


def test_what_the_protocol_lacks_has_no_effect_and_says_so(writer):
    inert = {name for name, knob in writer.knobs.items() if knob.inert}
    assert inert == {"top_k", "min_p", "repetition_penalty", "banned_words"}
    plain = replace(PAGE, temperature=0.0)  # the server's dice may still be thrown for a reply that was cut off
    takes = replace(plain, repetition_penalty=2.0, top_k=40, min_p=0.1)
    assert spoken(writer.generate(lambda: takes, 3))[-1].text == spoken(writer.generate(lambda: plain, 3))[-1].text


def test_looking_inside_the_model_is_refused_in_a_sentence(writer):
    with pytest.raises(NotOnServer):
        weigh(writer, PAGE)
    with pytest.raises(NotOnServer):
        suggest_words(writer, PAGE, "moon", "")
    with pytest.raises(NotOnServer):
        next(suggest_passages(writer, PAGE, "moon", " rises", [1]))


def test_a_model_that_is_not_there_and_one_that_must_be_named(served):
    address, _ = served
    server, nowhere = TextServer(address), TextServer(address.replace("/v1", "/v2"))
    with pytest.raises(ModelUnnamed):
        RemoteWriter.connect(server)
    with pytest.raises(NotThere):
        RemoteWriter.connect(nowhere, "x")
    server.close()
    nowhere.close()
