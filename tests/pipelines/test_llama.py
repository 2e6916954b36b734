import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from pipelines.decoding import Decoder, decode
from pipelines.llama import LlamaDecoder, fuse, open_decoder
from pipelines.sampling import sample

SHAPE = {
    "vocab_size": 50, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4,
    "max_position_embeddings": 300, "bos_token_id": None, "eos_token_id": 1,
}  # fmt: skip


def build(**shape):
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**{**SHAPE, **shape})).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return model


@pytest.mark.parametrize("shared_heads", [4, 2, 1])
@pytest.mark.parametrize("tied", [True, False])
def test_the_fused_pass_gives_the_models_own_logits(shared_heads, tied):
    model = build(num_key_value_heads=shared_heads, tie_word_embeddings=tied)
    ours, theirs = LlamaDecoder(fuse(model), 300), Decoder(model, 300)
    tokens = torch.randint(50, (200,)).tolist()
    for start in (tokens[:7], tokens[:1], tokens[:40]):
        torch.testing.assert_close(ours.prefill(start), theirs.prefill(start), rtol=1e-4, atol=1e-4)
        for token in tokens[40:]:
            torch.testing.assert_close(ours.step(token), theirs.step(token), rtol=1e-4, atol=1e-4)


def test_a_prefill_forgets_what_was_read_before():
    decoder = LlamaDecoder(fuse(build()), 300)
    first = decoder.prefill([1, 2, 3])
    decoder.step(4)
    assert torch.equal(decoder.prefill([1, 2, 3]), first)


def test_two_works_share_weights_and_nothing_else():
    llama = fuse(build())
    alone, beside = LlamaDecoder(llama, 300), LlamaDecoder(llama, 300)
    expected = [alone.prefill([5, 6]), alone.step(7)]
    other = LlamaDecoder(llama, 300)
    beside.prefill([5, 6])
    other.prefill([9, 9, 9])
    assert torch.equal(beside.step(7), expected[1])


def test_only_a_plain_small_llama_is_fused():
    assert fuse(build()) is not None
    assert fuse(build(attention_bias=True)) is None
    assert fuse(build(rope_parameters={"rope_type": "dynamic", "factor": 2.0, "rope_theta": 10000.0})) is None
    assert fuse(GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2))) is None


def test_the_decode_loop_writes_the_same_through_both():
    model = build()

    def write(decoder):
        from pipelines.decoding import Picked

        run = decode(decoder, [3, 4], lambda logits, _: Picked(sample(logits, 0.0, torch.Generator()), 0.0))
        return [next(run).token for _ in range(60)]

    assert write(open_decoder(model, fuse(model), 48)) == write(open_decoder(model, None, 48))
