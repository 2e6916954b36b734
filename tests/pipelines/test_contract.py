"""What every pipeline promises, checked on each with random weights."""

from dataclasses import replace

import pytest

from pipelines.image.params import ImageParams
from pipelines.image.pipeline import ImagePipeline
from pipelines.image.step import ImageStep
from pipelines.melody.params import MelodyParams
from pipelines.melody.pipeline import MelodyPipeline
from pipelines.melody.published.midi_model.pipeline import MidiModelPipeline
from pipelines.take import Take, Tape, play
from pipelines.text.params import TextParams
from pipelines.text.pipeline import TextPipeline

ARTS = {
    "literature": (TextPipeline, TextParams(prompt="月 moon", max_tokens=40), {"temperature": 0.2}),
    "painting": (
        ImagePipeline,
        ImageParams(prompt="a boat", num_inference_steps=12, size="64"),
        {"guidance_scale": 1.0},
    ),
    "music": (MelodyPipeline, MelodyParams(bars=4), {"temperature": 0.2}),
    "midi-model": (MidiModelPipeline, MelodyParams(bars=64, density=0.02), {"temperature": 0.2}),
}


@pytest.fixture(scope="module", params=ARTS)
def art(request):
    kind, params, move = ARTS[request.param]
    return kind.tiny(), params, move


def show(step):
    """Return what a step holds, in a form that compares."""
    if isinstance(step, ImageStep):
        return [picture.tobytes() for picture in step.finish()]
    return repr(step)


def steered(params, move, at):
    calls = iter(range(10**6))
    return lambda: replace(params, **move) if next(calls) >= at else params


def test_the_same_seed_gives_the_same_work_and_another_another(art):
    pipeline, params, _ = art
    one, two, other = (show(list(pipeline.generate(lambda: params, seed))[-1]) for seed in (3, 3, 4))
    assert one == two
    assert one != other


def test_it_reads_exactly_once_a_step(art):
    pipeline, params, _ = art
    reads = []
    for count, _ in enumerate(pipeline.generate(lambda: reads.append(1) or params, 1), start=1):
        assert len(reads) == count


def perform_long(pipeline, params):
    """Return the seed of a work that has steps enough to be steered, and its steps: some end early."""
    for seed in range(5, 25):
        steps = [show(step) for step in pipeline.generate(lambda: params, seed)]
        if len(steps) >= 12:
            return seed, steps
    return pytest.fail("every work ends at once")


def test_a_move_reaches_the_next_step_and_leaves_the_past_alone(art):
    pipeline, params, move = art
    seed, straight = perform_long(pipeline, params)
    bent = [show(step) for step in pipeline.generate(steered(params, move, 6), seed)]
    assert bent[:6] == straight[:6]
    assert bent[-1] != straight[-1]


@pytest.mark.parametrize("steps", [1, 5])
def test_it_stops_at_any_step_and_the_take_remakes_what_was_kept(art, steps):
    pipeline, params, move = art
    tape = Tape(steered(params, move, 3))
    run = pipeline.generate(tape, 9)
    kept = [show(next(run)) for _ in range(steps)]
    run.close()
    take = Take.from_json(tape.take(art="x", model="tiny", seed=9, steps=steps).to_json())
    assert [show(step) for step in play(pipeline, take, pipeline.knobs)] == kept


def test_a_steered_work_replays_exactly(art):
    pipeline, params, move = art
    tape = Tape(steered(params, move, 4))
    made = [show(step) for step in pipeline.generate(tape, 11)]
    take = Take.from_json(tape.take(art="x", model="tiny", seed=11).to_json())
    assert take.moves
    assert [show(step) for step in play(pipeline, take, pipeline.knobs)] == made


def test_two_works_at_once_do_not_disturb_each_other(art):
    pipeline, params, _ = art
    alone = [show(list(pipeline.generate(lambda: params, seed))[-1]) for seed in (1, 2)]
    one, two = pipeline.generate(lambda: params, 1), pipeline.generate(lambda: params, 2)
    last = [None, None]
    running = [one, two]
    while any(running):
        for place, run in enumerate(running):
            if run is not None:
                step = next(run, None)
                last[place] = step or last[place]
                running[place] = run if step else None
    assert [show(step) for step in last] == alone


def test_a_temperature_of_zero_ignores_the_seed(art):
    pipeline, params, _ = art
    if not hasattr(params, "temperature"):
        pytest.skip("a painter has no temperature")
    cold = replace(params, temperature=0.0)
    one, two = (show(list(pipeline.generate(lambda: cold, seed))[-1]) for seed in (3, 4))
    assert one == two
