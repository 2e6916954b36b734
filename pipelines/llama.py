"""A small Llama's forward pass for one work at a time: fused weights, few calls, the same logits.

At ten million parameters a decoder's time goes into calls, not arithmetic: transformers makes some 1,300 of them a
token, this makes about 150. Text and melody decode through it wherever the loaded model allows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from pipelines.decoding import Branches, Decoder

LARGEST = 100_000_000  # parameters; beyond, the arithmetic counts and the fused copy would cost memory
ROOM = 128


@dataclass(frozen=True)
class Layer:
    """One layer's fused matrices, to be multiplied from the right.

    The norms are folded into `qkv` and `gate_up`; in q and k the pairs that rotate together are adjacent.
    """

    qkv: Tensor
    out: Tensor
    gate_up: Tensor
    down: Tensor


class Llama:
    """The weights of a `LlamaForCausalLM`, fused once; many `LlamaDecoder`s may share them."""

    def __init__(self, model: Any) -> None:
        shape = model.config
        self.heads, self.shared_heads = shape.num_attention_heads, shape.num_key_value_heads
        self.head_size = shape.hidden_size // self.heads
        self.epsilon = shape.rms_norm_eps
        self.embedding = model.model.embed_tokens.weight.detach()
        self.head = _lay(model.lm_head.weight * model.model.norm.weight)
        self.layers = [self._fuse(layer) for layer in model.model.layers]
        self.frequencies = model.model.rotary_emb.inv_freq.float()

    @staticmethod
    def suits(model: Any) -> bool:
        """Return whether this pass gives what the model's own would: a plain, small Llama."""
        shape = model.config
        rope = getattr(shape, "rope_parameters", None) or {}
        return bool(
            type(model).__name__ == "LlamaForCausalLM"
            and rope.get("rope_type", "default") == "default"
            and not (shape.attention_bias or shape.mlp_bias)
            and shape.hidden_act == "silu"
            and shape.head_dim * shape.num_attention_heads == shape.hidden_size
            and not getattr(model, "is_quantized", False)
            and model.device.type in ("cpu", "cuda")
            and sum(p.numel() for p in model.parameters()) <= LARGEST
        )

    def norm(self, x: Tensor) -> Tensor:
        """Return `x` at unit root mean square; the weights are in the matrices."""
        return functional.rms_norm(x, (x.shape[-1],), None, self.epsilon)

    def run(self, x: Tensor, caches: Sequence[Tensor], attend: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
        """Return what leaves the last layer, `(rows, hidden)`; `attend(qkv, cache)` mixes the rows with the past."""
        for layer, cache in zip(self.layers, caches, strict=True):
            x = torch.addmm(x, attend(self.norm(x) @ layer.qkv, cache), layer.out)
            gate, up = (self.norm(x) @ layer.gate_up).chunk(2, dim=-1)
            x = torch.addmm(x, functional.silu(gate) * up, layer.down)
        return x

    def turn(self, parts: Tensor, turns: Tensor) -> Tensor:
        """Turn the queries and keys among `parts`, `(rows, heads, size)`, by their positions' angles."""
        turning = self.heads + self.shared_heads
        pairs = torch.view_as_complex(parts[:, :turning].float().reshape(len(parts), turning, -1, 2))
        return torch.view_as_real(pairs * turns).view(len(parts), turning, -1).to(parts.dtype)

    def _fuse(self, layer: Any) -> Layer:
        attention, mlp = layer.self_attn, layer.mlp
        q, k = self._pair(attention.q_proj.weight), self._pair(attention.k_proj.weight)
        qkv = torch.cat([q, k, attention.v_proj.weight]) * layer.input_layernorm.weight
        gate_up = torch.cat([mlp.gate_proj.weight, mlp.up_proj.weight]) * layer.post_attention_layernorm.weight
        matrices = (qkv, attention.o_proj.weight, gate_up, mlp.down_proj.weight)
        return Layer(*map(_lay, matrices))

    def _pair(self, weight: Tensor) -> Tensor:
        """Move the two rows that rotate together, half a head apart, beside each other."""
        return weight.view(-1, 2, self.head_size // 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape)


def _lay(matrix: Tensor) -> Tensor:
    """Return the transpose, laid out as one row's product reads it fastest: anew in 32 bit, as it is in 16."""
    turned = matrix.detach().t()
    return turned.contiguous() if matrix.dtype == torch.float32 else turned


class LlamaDecoder(Decoder):
    """A Decoder over a fused `Llama`."""

    def __init__(self, llama: Llama, context: int) -> None:
        super().__init__(llama, context)
        self.llama = llama
        self._length = 0
        self._room = 0
        self._caches: list[Tensor] = []
        self._turns = torch.empty(0)

    @torch.inference_mode()
    def prefill(self, tokens: Sequence[int]) -> Tensor:
        """Read the whole prompt afresh and return the logits of what follows."""
        self._length = 0
        return self._forward(list(tokens))

    def _forward(self, tokens: list[int]) -> Tensor:
        llama, count = self.llama, len(tokens)
        self._reserve(self._length + count)
        turns = self._turns[self._length : self._length + count].unsqueeze(1)
        x = llama.embedding[torch.tensor(tokens, device=llama.embedding.device)]
        x = llama.run(x, self._caches, lambda qkv, cache: self._attend(qkv, cache, turns))
        self._length += count
        logits: Tensor = (llama.norm(x[-1:]) @ llama.head)[0].float().cpu()
        return logits

    def _attend(self, qkv: Tensor, cache: Tensor, turns: Tensor) -> Tensor:
        """Turn q and k, remember k and v in the cache `(2, heads, room, size)`, attend: `(tokens, hidden)`."""
        llama, count, end = self.llama, len(qkv), self._length + len(qkv)
        parts = qkv.view(count, llama.heads + 2 * llama.shared_heads, llama.head_size)
        turned = llama.turn(parts, turns)
        cache[0, :, self._length : end] = turned[:, llama.heads :].transpose(0, 1)
        cache[1, :, self._length : end] = parts[:, llama.heads + llama.shared_heads :].transpose(0, 1)
        q = turned[:, : llama.heads].transpose(0, 1).unsqueeze(0)
        k, v = cache[:, None, :, :end]
        grouped = llama.heads != llama.shared_heads
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=count > 1, enable_gqa=grouped)
        return mixed[0].transpose(0, 1).reshape(count, -1)

    def _reserve(self, length: int) -> None:
        if length <= self._room:
            return
        llama = self.llama
        self._room = max(length + ROOM, 2 * self._room)
        shape = (2, llama.shared_heads, self._room, llama.head_size)
        old, self._caches = self._caches, [llama.embedding.new_empty(shape) for _ in llama.layers]
        for before, after in zip(old, self._caches, strict=False):
            after[:, :, : self._length] = before[:, :, : self._length]
        angles = torch.outer(torch.arange(self._room, device=llama.frequencies.device).float(), llama.frequencies)
        self._turns = torch.polar(torch.ones_like(angles), angles)

    def branch(self, count: int) -> "Branches":
        """Return `count` copies of the text so far, to be tried out side by side."""
        return LlamaBranches(self.llama, [cache[:, :, : self._length] for cache in self._caches], count)


class LlamaBranches:
    """Branches over a fused `Llama`; each layer's cache is `(2, branches, heads, room, size)`."""

    def __init__(self, llama: Llama, caches: list[Tensor], count: int) -> None:
        self.llama = llama
        self._length = caches[0].shape[2]
        room = torch.zeros(2, count, llama.shared_heads, ROOM, llama.head_size).to(caches[0])
        self._caches = [torch.cat([c.unsqueeze(1).expand(-1, count, -1, -1, -1), room], 3) for c in caches]

    @torch.inference_mode()
    def step(self, tokens: Sequence[int]) -> Tensor:
        """Read one token more in each branch and return the logits of what follows, `(branches, vocabulary)`."""
        llama = self.llama
        angles = llama.frequencies * self._length
        turns = torch.polar(torch.ones_like(angles), angles)
        x = llama.embedding[torch.tensor(tokens, device=llama.embedding.device)]
        x = llama.run(x, self._caches, lambda qkv, cache: self._attend(qkv, cache, turns))
        self._length += 1
        return (llama.norm(x) @ llama.head).float().cpu()

    def _attend(self, qkv: Tensor, cache: Tensor, turns: Tensor) -> Tensor:
        llama, count, end = self.llama, len(qkv), self._length + 1
        parts = qkv.view(count, llama.heads + 2 * llama.shared_heads, llama.head_size)
        turned = llama.turn(parts, turns)
        cache[0, :, :, self._length] = turned[:, llama.heads :]
        cache[1, :, :, self._length] = parts[:, llama.heads + llama.shared_heads :]
        q = turned[:, : llama.heads].unsqueeze(2)
        k, v = cache[:, :, :, :end]
        grouped = llama.heads != llama.shared_heads
        return functional.scaled_dot_product_attention(q, k, v, enable_gqa=grouped).reshape(count, -1)


def open_decoder(model: Any, llama: Llama | None, context: int) -> Decoder:
    """Return a decoder for one work: over the fused weights where there are any."""
    return Decoder(model, context) if llama is None else LlamaDecoder(llama, context)


def fuse(model: Any) -> Llama | None:
    """Return the model's fused weights, or None where it isn't a plain, small Llama."""
    return Llama(model) if Llama.suits(model) else None
