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


def test_spread_values_lie_on_the_slider():
    for knob in TextParams.knobs().values():
        if hasattr(knob.domain, "minimum"):
            values = spread_values(knob, 3)
            assert values == tuple(sorted(values))
            assert all(knob.domain.check(knob.name, value) == value for value in values)
            assert len(set(values)) > 1
