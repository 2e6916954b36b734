import pytest
import torch

from pipelines.errors import BrokenModel, EmptyPrompt, WrongKind
from pipelines.image import ImageParams, ImagePipeline, full_prompt
from pipelines.take import Take, Tape, play
from tests.pipelines.image.families import FAMILIES

CPU = torch.device("cpu")


@pytest.fixture(scope="module", params=["painter", *FAMILIES])
def pipeline(request, tmp_path_factory):
    if request.param == "painter":
        return ImagePipeline.tiny()
    folder = FAMILIES[request.param](tmp_path_factory.mktemp(request.param))
    return ImagePipeline.load(folder, CPU, torch.float32)


def ask(**values):
    return ImageParams(**{"prompt": "a boat", "size": "64", "num_inference_steps": 4, "guidance_scale": 3.0} | values)


def paint(pipeline, read, seed=7):
    read = read if callable(read) else lambda params=read: params
    return list(pipeline.generate(read, seed))


def changing(*values):
    left = list(values)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def data(pictures):
    return [picture.tobytes() for picture in pictures]


def test_same_seed_same_bytes_and_another_seed_another_picture(pipeline):
    first, again = paint(pipeline, ask())[-1], paint(pipeline, ask())[-1]
    assert data(first.pictures) == data(again.pictures)
    assert data(first.pictures) != data(paint(pipeline, ask(), seed=8)[-1].pictures)
    assert first.pictures[0].size == (64, 64)


def test_reads_once_a_step_and_says_which_step(pipeline):
    calls = []
    steps = paint(pipeline, lambda: calls.append(1) or ask())
    assert len(calls) == len(steps) == steps[0].total
    assert [step.index for step in steps] == list(range(steps[0].total))
    assert steps[-1].done
    assert not steps[0].pictures


@pytest.mark.parametrize(
    "change",
    [{"guidance_scale": 12.0}, {"prompt": "red moon night"}, {"negative_prompt": "tree"}, {"style": "watercolour"}],
)
def test_a_change_acts_from_the_next_step_on(pipeline, change):
    calm = paint(pipeline, ask())
    steered = paint(pipeline, changing(ask(), ask(), ask(**change)))
    (knob,) = (pipeline.knobs[name] for name in change)
    assert data(calm[1].finish()) == data(steered[1].finish())
    assert (data(calm[-1].pictures) != data(steered[-1].pictures)) == (knob.live and not knob.inert)
    whole = paint(pipeline, ask(**change))[-1].pictures
    assert (data(calm[-1].pictures) != data(whole)) != knob.inert


@pytest.mark.parametrize("path", [(3.0, 3.0, 1.0, 1.0), (1.0, 1.0, 3.0, 3.0), (0.0, 5.0, 1.0, 2.0)])
def test_guidance_may_cross_one_in_mid_run(pipeline, path):
    steps = paint(pipeline, changing(*(ask(guidance_scale=g) for g in path)))
    assert steps[-1].pictures


def test_stopping_anywhere_keeps_what_is_there(pipeline):
    for stop in range(4):
        run = pipeline.generate(ask, 7)
        for _ in range(stop + 1):
            step = next(run)
        run.close()
        assert step.finish()[0].size == (64, 64)


def test_a_take_replays_to_the_same_bytes(pipeline):
    tape = Tape(changing(ask(), ask(guidance_scale=6.0), ask(prompt="the sea", guidance_scale=1.0)))
    made = paint(pipeline, tape)[-1].pictures
    take = Take.from_json(tape.take(art="image", model="tiny", seed=7).to_json())
    assert take.moves
    assert data(list(play(pipeline, take))[-1].pictures) == data(made)


def test_each_picture_has_a_seed_of_its_own(pipeline):
    several = paint(pipeline, ask(num_images=3))[-1].pictures
    assert len(several) == 3
    alone = paint(pipeline, ask(), seed=9)[-1].pictures[0]
    difference = [abs(a - b) for a, b in zip(several[2].tobytes(), alone.tobytes(), strict=True)]
    assert max(difference) <= 2


def test_previews_are_small_and_one_a_picture(pipeline):
    step = paint(pipeline, ask(num_images=2))[0]
    assert len(step.previews) == 2
    assert step.previews[0].width <= 32


def test_two_runs_at_once_do_not_disturb_each_other(pipeline):
    alone = paint(pipeline, ask())[-1].pictures
    one, two = pipeline.generate(ask, 7), pipeline.generate(lambda: ask(prompt="red", guidance_scale=9.0), 3)
    for step, _ in zip(one, two, strict=True):
        last = step
    assert data(last.pictures) == data(alone)


def test_an_empty_prompt_is_refused_and_one_emptied_in_mid_run_stays_in_force(pipeline):
    with pytest.raises(EmptyPrompt):
        next(pipeline.generate(lambda: ask(prompt="  \n"), 1))
    calm = paint(pipeline, ask())[-1].pictures
    emptied = paint(pipeline, changing(ask(), ask(prompt="")))[-1].pictures
    assert data(calm) == data(emptied)


def test_a_long_prompt_and_control_characters_are_only_text(pipeline):
    assert paint(pipeline, ask(prompt="a boat \x00\x07<script>" * 80, num_inference_steps=1))[-1].pictures


def test_the_style_is_added_in_the_language_of_the_prompt():
    assert full_prompt(ask(style="watercolour")) == "a boat, watercolour"
    assert full_prompt(ask(style="ink", prompt="山")) == "山，水墨"
    assert full_prompt(ask()) == "a boat"


def test_a_saved_painter_loads_through_diffusers_and_paints_the_same(tmp_path):
    tiny = ImagePipeline.tiny()
    tiny.pipe.save_pretrained(tmp_path)
    loaded = ImagePipeline.load(tmp_path, CPU, torch.float32)
    assert data(paint(loaded, ask())[-1].pictures) == data(paint(tiny, ask())[-1].pictures)
    assert loaded.knobs["size"].domain.choices == ("64",)


def test_our_loop_agrees_with_the_stock_pipeline():
    tiny = ImagePipeline.tiny()
    ours = paint(tiny, ask(num_inference_steps=6))[-1].pictures[0]
    from pipelines.image.canvas import draw_noise

    tiny.pipe.set_progress_bar_config(disable=True)
    theirs = tiny.pipe(
        "a boat",
        num_inference_steps=6,
        guidance_scale=3.0,
        height=64,
        width=64,
        latents=draw_noise((3, 16, 16), 7, 1),
        use_resolution_binning=False,
        clean_caption=False,
        max_sequence_length=16,
    ).images[0]
    assert max(abs(a - b) for a, b in zip(ours.tobytes(), theirs.tobytes(), strict=True)) <= 2


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(WrongKind):
        ImagePipeline.load(tmp_path, CPU, torch.float32)
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableDiffusionPipeline", "vae": ["diffusers", "X"]}')
    with pytest.raises(BrokenModel):
        ImagePipeline.load(tmp_path, CPU, torch.float32)
