import pytest
import torch

from training import decoder
from training.llama import summed_surprise

CONFIG = decoder.DecoderConfig(
    model={
        "vocab_size": 32, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 2, "bos_token_id": None, "eos_token_id": 1,
    },
    loop={"steps": 1},
    context=16,
)  # fmt: skip


@pytest.fixture
def module():
    return decoder.build_decoder(CONFIG)


def rows(count=3, length=12, seed=0):
    return torch.randint(2, 32, (count, length), generator=torch.Generator().manual_seed(seed))


def test_the_loss_and_its_slopes_are_those_of_transformers(module):
    batch = rows()
    nats, count = summed_surprise(module, batch, pad=0)
    slopes = torch.autograd.grad(nats / count, list(module.parameters()))
    wanted = module(input_ids=batch, labels=batch).loss
    torch.testing.assert_close(nats / count, wanted, rtol=2e-3, atol=0)
    for ours, theirs in zip(slopes, torch.autograd.grad(wanted, list(module.parameters())), strict=True):
        assert (ours - theirs).norm() < 0.03 * theirs.norm()


def test_what_pads_a_row_counts_for_nothing(module):
    batch = rows()
    padded = torch.cat([batch, torch.zeros(3, 4, dtype=torch.long)], 1)
    short, count = summed_surprise(module, batch, pad=0)
    long, same = summed_surprise(module, padded, pad=0)
    assert count == same == 33
    torch.testing.assert_close(short, long, rtol=1e-3, atol=0)


def test_a_document_sees_nothing_of_the_one_before_it_in_its_row(module):
    for parameter in module.model.layers.parameters():
        parameter.data *= 12  # fresh weights hardly mix anything
    first, second = rows(1, 6, seed=1), rows(1, 7, seed=2)
    second[:, 0] = 31
    first[first == 31] = 30
    together, _ = summed_surprise(module, torch.cat([first, second], 1), pad=0, starts=(31,))
    apart = summed_surprise(module, first, pad=0)[0] + summed_surprise(module, second, pad=0)[0]
    torch.testing.assert_close(together, apart, rtol=5e-3, atol=0)
    blind, _ = summed_surprise(module, torch.cat([first, second], 1), pad=0)
    assert abs(blind - together) > 0.1
