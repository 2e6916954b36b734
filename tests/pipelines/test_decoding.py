"""The decode loop gives what a forward pass over the whole text gives, and outlives its context."""

import itertools

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from pipelines.decoding import Decoder, Picked, decode


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=50,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        bos_token_id=0,
    )
    return LlamaForCausalLM(config).eval()


def greedy(logits, tokens):
    token = int(logits.argmax())
    return Picked(token, float(logits.softmax(0)[token]))


def test_the_cache_changes_nothing(model):
    picked = [p.token for p in itertools.islice(decode(Decoder(model, 64), [1, 2, 3], greedy), 20)]
    tokens = [1, 2, 3]
    with torch.inference_mode():
        for _ in range(20):
            tokens.append(int(model(torch.tensor([tokens])).logits[0, -1].argmax()))
    assert picked == tokens[3:]


def test_a_full_context_keeps_the_header_and_goes_on(model):
    seen = []

    def watch(logits, tokens):
        seen.append(list(tokens))
        return greedy(logits, tokens)

    list(itertools.islice(decode(Decoder(model, 16), [7, 8, *range(30)], watch, keep=2), 40))
    assert all(tokens[:2] == [7, 8] for tokens in seen)
    assert max(len(tokens) for tokens in seen) <= 16
