import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from training import decoder
from training.decoder import DecoderConfig, Rows

CONFIG = DecoderConfig(
    model={
        "vocab_size": 32, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 2, "bos_token_id": None, "eos_token_id": 1,
    },
    loop={"steps": 12, "warmup_steps": 2, "log_every": 4, "seed": 3},
    context=16,
    batch=2,
)  # fmt: skip


def documents(count=30, seed=0):
    chance = np.random.default_rng(seed)
    return [chance.integers(2, 32, chance.integers(3, 40)).astype(np.uint16) for _ in range(count)]


def test_packing_loses_nothing_and_keeps_short_documents_whole():
    works = documents()
    rows = decoder.pack(works, 17, 0)
    assert rows.shape[1] == 17
    assert sorted(rows[rows != 0]) == sorted(np.concatenate(works))
    lines = {",".join(map(str, row.tolist())) for row in rows}
    for work in works:
        if len(work) <= 17:
            assert any(",".join(map(str, work.tolist())) in line for line in lines)


def test_a_batch_depends_on_its_step_alone_and_a_pass_sees_every_row():
    rows = np.arange(14, dtype=np.uint16).reshape(7, 2)
    draw = Rows(rows, 2, seed=1)
    assert torch.equal(draw(5), Rows(rows, 2, seed=1)(5))
    seen = torch.cat([draw(step) for step in range(7)])[:, 0].tolist()
    assert sorted(seen) == sorted([*rows[:, 0], *rows[:, 0]])


def test_a_run_that_was_broken_off_ends_where_an_unbroken_one_does(tmp_path):
    draw = Rows(decoder.pack(documents(), 17, 0), 2, seed=3)
    device = torch.device("cpu")
    whole = decoder.train_decoder(CONFIG, lambda step: [draw(step)], tmp_path / "whole", device)

    def break_off(step):
        if step == 7:
            raise KeyboardInterrupt
        return [draw(step)]

    early = DecoderConfig(**{**vars(CONFIG), "loop": {**CONFIG.loop, "checkpoint_seconds": -1.0}})
    with pytest.raises(KeyboardInterrupt):
        decoder.train_decoder(early, break_off, tmp_path / "broken", device)
    resumed = decoder.train_decoder(early, lambda step: [draw(step)], tmp_path / "broken", device)
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], value)


def test_training_lowers_the_surprise_and_the_saved_model_loads(tmp_path):
    works = [np.array([1, 2, 3, 4, 5, 6], np.uint16)] * 40
    draw = Rows(decoder.pack(works, 17, 0), 2, seed=3)
    before = decoder.measure_nats(decoder.build_decoder(CONFIG), works, CONFIG)
    module = decoder.train_decoder(CONFIG, lambda step: [draw(step)], tmp_path / "run", torch.device("cpu"))
    assert decoder.measure_nats(module, works, CONFIG) < before
    decoder.save_decoder(module, tmp_path / "model")
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path / "model")
    assert loaded.dtype == torch.bfloat16
    assert sum(p.numel() for p in loaded.parameters()) == sum(p.numel() for p in module.parameters())
