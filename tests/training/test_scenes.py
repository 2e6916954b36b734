import numpy as np
import pytest

from training.painter import flip
from training.scenes.captions import caption_chinese, caption_english
from training.scenes.scene import KINDS, draw_scene, paint
from training.scenes.store import SceneStore, scene_at
from training.scenes.words import PLACES, STYLES, SUBJECTS, TIMES
from training.vocabulary import build_tokenizer


def test_every_kind_of_subject_has_words_and_turns_up():
    assert set(KINDS) == set(SUBJECTS)
    rng = np.random.default_rng(0)
    seen = {subject.name for _ in range(600) for subject in draw_scene(rng).subjects}
    assert seen == set(KINDS)


@pytest.mark.parametrize("style", STYLES)
def test_a_record_paints_the_same_picture_again(style):
    scene = next(s for i in range(200) if (s := scene_at(1, i)).style == style)
    assert paint(scene).tobytes() == paint(scene).tobytes()
    assert paint(scene).size == (256, 256)
    assert np.asarray(paint(scene, 64)).std() > 3


def test_captions_say_nothing_untrue():
    rng = np.random.default_rng(0)
    hours = {word: time for time, words in TIMES.items() for word in (*words["en"], *words["zh"])}
    for index in range(400):
        scene = scene_at(2, index)
        for text in (caption_english(scene, rng), caption_chinese(scene, rng)):
            for word, time in hours.items():
                if len(word) > 3 and word in text:
                    assert scene.time == time, text
            if "moonlight" in text or "月光" in text:
                assert any(subject.name == "moon" for subject in scene.subjects)


def test_a_mirrored_scene_swaps_its_sides():
    scene = next(s for i in range(100) if (s := scene_at(3, i)).subjects)
    assert flip(scene).subjects[0].x == pytest.approx(1 - scene.subjects[0].x)
    assert flip(flip(scene)).subjects[0].height == scene.subjects[0].height


def test_every_word_of_a_caption_is_in_the_vocabulary():
    tokenizer = build_tokenizer()
    rng = np.random.default_rng(1)
    for index in range(300):
        for write in (caption_english, caption_chinese):
            text = write(scene_at(4, index), rng)
            assert tokenizer.unk_token_id not in tokenizer(text).input_ids, text


def test_a_store_grows_and_is_read_while_it_grows(tmp_path):
    writer, reader = SceneStore(tmp_path, 250, 64, 5), SceneStore(tmp_path, 250, 64, 5)
    filling = writer.fill(smoothing=1)
    assert next(filling) == 100
    assert reader.refresh() == 100
    assert list(filling) == [200, 250]
    assert reader.refresh() == 250
    assert reader.scenes[249] == scene_at(5, 249)
    assert list(SceneStore(tmp_path, 250, 64, 5).fill(smoothing=1)) == []
    assert set(PLACES) >= {scene.place for scene in reader.scenes}
