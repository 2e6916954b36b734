import json
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from training import judge
from training.scenes.scene import paint
from training.scenes.store import scene_at
from training.sheet import SHIPPED
from training.upsampler import to_tensor


def test_an_exam_holds_unseen_unions_only_no_two_alike_and_says_all_of_them():
    exam = judge.draw_exam(60)
    unions = {judge.unite(scene) for scene in exam.scenes}
    assert len(unions) > 50
    assert len({replace(scene, seed=0) for scene in exam.scenes}) == 60
    seen = {judge.unite(scene) for i in range(2000) if (scene := scene_at(0, i)).subjects}
    assert not unions & seen
    for language in ("en", "zh"):
        for scene, text in zip(exam.scenes, exam.captions[language], strict=True):
            for table, name in (
                (judge.PLACES, scene.place),
                (judge.TIMES, scene.time),
                (judge.STYLES, scene.style),
                *([(judge.COLOURS, scene.subjects[0].colour)] if scene.subjects[0].colour else []),
            ):
                wordings = table[name][language] if language == "en" else [word[0] for word in table[name]["zh"]]
                assert any(word in text for word in wordings), (name, text)


def test_a_painter_is_asked_only_for_what_it_has_words_for():
    tables = json.loads((SHIPPED / "words.json").read_text())
    exam = judge.draw_exam(40, tables)
    assert {scene.place for scene in exam.scenes} <= tables["place"].keys() < judge.PLACES.keys()
    assert {scene.subjects[0].name for scene in exam.scenes} <= tables["subject"].keys() < judge.SUBJECTS.keys()
    assert len({scene.style for scene in exam.scenes}) > 8
    assert not any(scene.weather for scene in exam.scenes)


def test_a_judge_learns_to_read_and_asks_no_colour_of_what_has_none():
    scenes = [scene_at(9, index) for index in range(48)]
    pictures = [paint(scene, 256) for scene in scenes]
    torch.manual_seed(0)
    reader = judge.Judge()
    small = to_tensor(np.stack([np.asarray(picture.reduce(2)) for picture in pictures]))
    answers = torch.tensor([judge.read_record(scene) for scene in scenes])
    optimizer = torch.optim.AdamW(reader.parameters(), lr=2e-3)
    for _ in range(30):
        optimizer.zero_grad()
        judge.sum_losses(reader(small), answers).backward()
        optimizer.step()
    known = judge.score(reader.eval(), pictures, scenes)
    blank = judge.score(reader, [Image.new("RGB", (256, 256))] * len(scenes), scenes)
    assert known["place"] > 0.8 > blank["place"]
    assert known["subject"] > 0.6 > blank["subject"]
    moon = next(scene for i in range(900) if (scene := scene_at(9, i)).subjects and scene.subjects[-1].name == "moon")
    assert judge.read_record(moon)[list(judge.READINGS).index("colour")] == judge.UNASKED
