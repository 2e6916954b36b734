"""The take: records what was read, refuses what is damaged, plays back what happened."""

from dataclasses import dataclass

import pytest

from pipelines.errors import UnreadableTake
from pipelines.params import Params, choice, knob
from pipelines.take import Replay, Take, Tape, play


@dataclass(frozen=True, kw_only=True)
class Brush(Params):
    size: int = knob(4, 1, 10, 1, live=True)
    colour: str = choice("red", ["red", "blue"])


class Painter:
    """Ten strokes; each is what was read."""

    params_type = Brush

    def generate(self, read, seed):
        for index in range(10):
            params = read()
            yield (seed, index, params.size, params.colour)


def record(changes):
    values = Brush()
    calls = iter(range(100))

    def read():
        nonlocal values
        values = changes.get(next(calls), values)
        return values

    return Tape(read)


def test_a_tape_records_live_moves_and_holds_the_rest():
    tape = record({3: Brush(size=7, colour="blue")})
    strokes = list(Painter().generate(tape, 5))
    assert [s[2] for s in strokes] == [4] * 3 + [7] * 7
    assert {s[3] for s in strokes} == {"red"}
    assert [(m.step, m.name, m.value) for m in tape.moves] == [(3, "size", 7)]


def test_a_take_survives_json_and_plays_back_the_same_work():
    tape = record({3: Brush(size=7), 5: Brush(size=2)})
    strokes = list(Painter().generate(tape, 5))
    take = Take.from_json(tape.take(art="painting", model="tiny", seed=5).to_json())
    assert list(play(Painter(), take)) == strokes


def test_a_stopped_work_plays_back_to_where_it_stopped():
    tape = record({})
    run = Painter().generate(tape, 1)
    kept = [next(run) for _ in range(4)]
    take = tape.take(art="painting", model="tiny", seed=1, steps=4)
    assert list(play(Painter(), take)) == kept


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "{}",
        "[1]",
        '{"triptych":9}',
        '{"triptych":1,"art":"x"}',
        "{" * 5000,
        '{"triptych":1,"seed":-1}',
    ],
)
def test_a_damaged_take_is_refused(line):
    with pytest.raises(UnreadableTake):
        Take.from_json(line)


@pytest.mark.parametrize(("name", "value"), [("size", 99), ("size", "7"), ("size", float("nan")), ("ghost", 1)])
def test_a_take_with_impossible_moves_is_refused(name, value):
    good = Tape(Brush)
    good()
    line = (
        good.take(art="painting", model="m", seed=1)
        .to_json()
        .replace('"moves":[]', f'"moves":[[1,"{name}",{value!r}]]')
    )
    line = line.replace("'7'", '"7"').replace("nan", "NaN")
    with pytest.raises(UnreadableTake):
        Replay(Take.from_json(line), Brush)
