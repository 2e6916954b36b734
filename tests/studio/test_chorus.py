import pytest

from pipelines.errors import ServerBusy
from pipelines.take import Tape
from pipelines.text import TextParams, TextPipeline
from studio.chorus import Chorus, spread_values

PARAMS = TextParams(prompt="a moon", max_tokens=24)


def texts(step):
    return [voice.text for voice in step.voices]


def test_each_voice_is_the_work_of_its_own_seed():
    tiny = TextPipeline.tiny()
    *_, last = Chorus(tiny, 3).generate(lambda: PARAMS, 7)
    alone = [list(tiny.generate(lambda: PARAMS, seed))[-1].text for seed in (7, 8, 9)]
    assert texts(last) == alone


def test_a_spread_changes_one_knob_and_nothing_else():
    tiny = TextPipeline.tiny()
    knob = TextParams.knobs()["temperature"]
    chorus = Chorus(tiny, 3, knob)
    *_, last = chorus.generate(lambda: PARAMS, 7)
    for value, text in zip(chorus.values, texts(last), strict=True):
        params = TextParams(prompt="a moon", max_tokens=24, temperature=value)
        assert list(tiny.generate(lambda params=params: params, 7))[-1].text == text


def test_a_step_of_all_voices_is_one_read():
    tape = Tape(lambda: PARAMS)
    reads = []
    for count, _ in enumerate(Chorus(TextPipeline.tiny(), 3).generate(lambda: reads.append(1) or tape(), 1), start=1):
        assert len(reads) == count


class Choir:
    """A pipeline that begins several works together; the second fails at its third step."""

    def __init__(self):
        self.tiny = TextPipeline.tiny()
        self.seeds = []

    def generate_several(self, reads, seeds):
        self.seeds.append(list(seeds))
        return [self.sing(*voice, place) for place, voice in enumerate(zip(reads, seeds, strict=True))]

    def sing(self, read, seed, place):
        for step in self.tiny.generate(read, seed):
            if place == 1 and step.index == 3:
                raise ServerBusy(host="h")
            yield step


def test_a_pipeline_may_begin_the_voices_together_and_one_that_fails_leaves_the_others():
    choir, told = Choir(), []
    with pytest.raises(ServerBusy):
        told.extend(Chorus(choir, 3).generate(lambda: PARAMS, 7))
    assert choir.seeds == [[7, 8, 9]]
    alone = [list(choir.tiny.generate(lambda: PARAMS, seed)) for seed in (7, 8, 9)]
    assert texts(told[-1]) == [alone[0][-1].text, alone[1][1].text, alone[2][-1].text]
    assert (told[-1].index, told[-1].state) == (max(alone[0][-1].index, alone[2][-1].index), "working")


def test_a_spread_gives_every_voice_its_own_value_and_the_same_seed():
    choir, told = Choir(), []
    chorus = Chorus(choir, 3, TextParams.knobs()["temperature"])
    with pytest.raises(ServerBusy):
        told.extend(chorus.generate(lambda: PARAMS, 7))
    assert choir.seeds == [[7, 7, 7]]
    params = TextParams(prompt="a moon", max_tokens=24, temperature=chorus.values[2])
    assert texts(told[-1])[2] == list(choir.tiny.generate(lambda: params, 7))[-1].text


def test_spread_values_lie_on_the_slider():
    for knob in TextParams.knobs().values():
        if hasattr(knob.domain, "minimum"):
            values = spread_values(knob, 3)
            assert values == tuple(sorted(values))
            assert all(knob.domain.check(knob.name, value) == value for value in values)
            assert len(set(values)) > 1
