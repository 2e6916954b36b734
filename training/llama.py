"""A Llama's loss on a batch, for training: what transformers' own pass gives, in fewer and cheaper calls.

Weights are rounded once, attention stays in 16 bit, and the table of all next words' chances, the largest thing in a
small model's step, is never held whole. `python -m benchmarks training` measures what that saves.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HALF = torch.bfloat16
CHUNK = 256


class _Surprise(torch.autograd.Function):
    """The summed cross-entropy of `hidden @ head.T` against targets, with its gradients made on the way."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor) -> Tensor:
        slope, head_slope = torch.empty_like(hidden), torch.zeros_like(head, dtype=torch.float32)
        total = torch.zeros((), device=hidden.device)
        for start in range(0, len(targets), CHUNK):
            part, wanted = hidden[start : start + CHUNK], targets[start : start + CHUNK, None]
            logits = (part @ head.t()).float()
            whole = logits.logsumexp(1, keepdim=True)
            total += (whole - logits.gather(1, wanted)).sum()
            chances = logits.sub_(whole).exp_()
            chances.scatter_add_(1, wanted, -torch.ones_like(wanted, dtype=chances.dtype))
            rounded = chances.to(hidden.dtype)
            slope[start : start + CHUNK] = rounded @ head
            head_slope += rounded.t() @ part
        ctx.save_for_backward(slope, head_slope)
        return total

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, Tensor, None]:
        slope, head_slope = ctx.saved_tensors
        return slope * outer[0].to(slope.dtype), (head_slope * outer[0]), None


def summed_surprise(module: Any, rows: Tensor, pad: int, starts: Sequence[int] = ()) -> tuple[Tensor, int]:
    """Return the summed cross-entropy, in nats, of every next token that counts, and how many those are.

    `module` is a plain `LlamaForCausalLM` with tied embeddings, `rows` is `(rows, length)` of int64. A token among
    `starts` begins a document, and a document sees nothing of those before it in its row. Those and `pad` don't count.
    """
    read, targets = rows[:, :-1], rows[:, 1:].flatten()
    hidden = _run(module, read, _mask(read, starts))
    counted = (~torch.isin(targets, torch.tensor([pad, *starts], device=rows.device))).nonzero()[:, 0]
    head = module.model.embed_tokens.weight.to(HALF)
    return _Surprise.apply(hidden[counted], head, targets[counted]), len(counted)  # type: ignore[no-untyped-call]


def _mask(read: Tensor, starts: Sequence[int]) -> Tensor:
    """Return what is added to the scores, `(rows or 1, 1, length, length)`: 0 where a token may look, else -inf."""
    length = read.shape[1]
    seen = torch.ones(length, length, dtype=torch.bool, device=read.device).tril()[None]
    if starts:
        document = torch.isin(read, torch.tensor(starts, device=read.device)).cumsum(1)
        seen = seen & (document[:, :, None] == document[:, None, :])
    return torch.zeros(seen.shape, dtype=HALF, device=read.device).masked_fill(~seen, -torch.inf)[:, None]


def _run(module: Any, read: Tensor, mask: Tensor) -> Tensor:
    """Return the normed states `(rows * length, hidden)` in 16 bit."""
    model, shape = module.model, module.config
    rows, length = read.shape
    heads, size, epsilon = shape.num_attention_heads, shape.head_dim, shape.rms_norm_eps
    assert shape.num_key_value_heads == heads, "every head has keys of its own"
    angles = torch.outer(torch.arange(length, device=read.device).float(), model.rotary_emb.inv_freq.float())
    cosine, sine = (torch.cat([f(angles), f(angles)], 1).to(HALF) for f in (torch.cos, torch.sin))

    def turn(x: Tensor) -> Tensor:
        first, second = x.chunk(2, -1)
        return x * cosine + torch.cat([-second, first], -1) * sine

    x = model.embed_tokens(read).view(rows * length, -1).float()
    for layer in model.layers:
        attention, mlp = layer.self_attn, layer.mlp
        qkv = torch.cat([attention.q_proj.weight, attention.k_proj.weight, attention.v_proj.weight])
        parts = F.linear(_norm(x, layer.input_layernorm, epsilon), qkv.to(HALF))
        q, k, v = parts.view(rows, length, 3, heads, size).permute(2, 0, 3, 1, 4)
        scores = (turn(q) * size**-0.5) @ turn(k).transpose(-1, -2) + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(rows * length, -1)
        x = x + F.linear(mixed, attention.o_proj.weight.to(HALF))
        gate_up = torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]).to(HALF)
        gate, up = F.linear(_norm(x, layer.post_attention_layernorm, epsilon), gate_up).chunk(2, -1)
        x = x + F.linear(F.silu(gate) * up, mlp.down_proj.weight.to(HALF))
    return _norm(x, model.norm, epsilon)


def _norm(x: Tensor, layer: nn.Module, epsilon: float) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],), layer.weight, epsilon).to(HALF)  # type: ignore[arg-type]
