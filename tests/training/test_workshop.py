import json

import pytest
import torch
from PIL import Image

from training import judge, painter, shards, sheet, workshop
from training.loop import LoopConfig, OutOfTime, train
from training.scenes.store import SceneStore


def test_a_training_stops_at_its_deadline_and_goes_on_as_if_it_had_not(tmp_path):
    def run(folder, deadlines):
        torch.manual_seed(0)
        module = torch.nn.Linear(4, 4)
        pages = torch.randn(6, 8, 4, generator=torch.Generator().manual_seed(1))
        config = LoopConfig(steps=6, ema_decay=0.9, log_every=1)
        for deadline in deadlines:
            try:
                train(module, lambda step: module(pages[step]).square().mean(), config, folder, deadline=deadline)
            except OutOfTime:
                assert torch.load(folder / "checkpoint.pt", weights_only=True)["step"] < 6
        return module.weight

    broken = run(tmp_path / "broken", (0.0, 0.0, float("inf")))
    steps = [json.loads(line)["step"] for line in (tmp_path / "broken" / "log.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 5, 6]
    torch.testing.assert_close(broken, run(tmp_path / "whole", (float("inf"),)))


def test_processes_paint_what_one_would(tmp_path):
    alone, beside = SceneStore(tmp_path / "alone", 110, 16, 3), SceneStore(tmp_path / "beside", 110, 16, 3)
    list(alone.fill())
    with beside.painting(1, 110):
        pass
    assert alone.refresh() == beside.refresh() == 110
    assert alone.scenes == beside.scenes
    assert (alone.pictures == beside.pictures).all()


def test_shards_are_small_and_hold_the_average(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "LARGEST", "3KB")
    average = {f"layer{i}.weight": torch.randn(20, 30) for i in range(8)}
    raw = {**{name: torch.zeros_like(value) for name, value in average.items()}, "count": torch.tensor(3)}
    (tmp_path / "runs" / "painter").mkdir(parents=True)
    state = {"step": 7, "seconds": 1.0, "module": raw, "optimizers": [{}], "average": average}
    torch.save(state, tmp_path / "runs" / "painter" / "checkpoint.pt")
    shards.pack(tmp_path / "runs", tmp_path / "out")
    sizes = [shard.stat().st_size for shard in (tmp_path / "out").glob("*.safetensors")]
    assert len(sizes) == 4
    assert max(sizes) < 4000
    shards.unpack(tmp_path / "out", tmp_path / "again")
    back = torch.load(tmp_path / "again" / "painter" / "checkpoint.pt", weights_only=True)
    assert back["step"] == 7
    assert back["module"]["count"] == 3
    for name, value in average.items():
        assert torch.equal(back["module"][name], value.half().float())
        assert torch.equal(back["average"][name], value.half().float())
    assert not (tmp_path / "again" / "upsampler").exists()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    config = json.loads((painter.CONFIGS / "painter-gpu.json").read_text())
    config |= {"scenes": 100, "scenes_to_start": 100, "reading_steps": 2, "batch": 2}
    narrow = {"num_layers": 1, "attention_head_dim": 8, "num_attention_heads": 2, "cross_attention_dim": 16}
    config["transformer"] |= narrow | {"sample_size": 16}
    config["text"] |= {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config["loop"] |= {"steps": 3, "log_every": 1}
    (tmp_path / "painter.json").write_text(json.dumps(config))
    tiny = json.loads((painter.CONFIGS / "upsampler-gpu.json").read_text())
    tiny |= {"scenes": 2, "batch": 4, "crop": 16}
    tiny["autoencoder"] |= {"encoder_block_out_channels": [4, 4], "decoder_block_out_channels": [4, 4]}
    tiny["loop"] |= {"steps": 2, "log_every": 1}
    (tmp_path / "upsampler.json").write_text(json.dumps(tiny))
    monkeypatch.setattr(workshop.upsampler, "SIDE", 32)
    monkeypatch.setattr(judge, "SCENES", 100)
    monkeypatch.setattr(judge, "LOOP", LoopConfig(steps=1))
    monkeypatch.setattr(sheet, "PROMPTS", ("a boat",))
    return tmp_path


def test_calls_that_end_too_soon_make_the_whole_painter_in_the_end_also_on_another_machine(toy):
    configs = ["--config", str(toy / "painter.json"), "--upsampler-config", str(toy / "upsampler.json")]
    places = ["--runs", str(toy / "first"), "--out", str(toy / "out"), "--count", "1", "--workers", "0"]
    workshop.main([*configs, *places, "--minutes", "0.0001"])
    assert not (toy / "first" / "painter" / "model").exists()
    with_step = torch.load(toy / "first" / "painter" / "checkpoint.pt", weights_only=True)["step"]
    assert with_step == 1
    places[1], places[3] = str(toy / "second"), str(toy / "taken")
    workshop.main([*configs, *places, "--take", str(toy / "out"), "--minutes", "60"])
    rows = [json.loads(line) for line in (toy / "taken" / "log.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows if "loss" in row][:2] == [2, 3]
    assert "| subject | place |" in (toy / "taken" / "judge.txt").read_text()
    with Image.open(toy / "taken" / "sheet.png") as picture:
        assert picture.getcolors(256) is None
    assert len(list((toy / "taken").iterdir())) <= 8
