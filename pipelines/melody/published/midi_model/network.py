"""The two decoders of midi-model: one reads events, the other writes the tokens of the next (SkyTNT 2024, Apache 2.0).

An event is the sum of its tokens' embeddings. What the first decoder makes of the last event stands before the tokens
of the next one in the second.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from pipelines.errors import BrokenModel
from pipelines.melody.published.midi_model.vocabulary import PAD, SIZE
from pipelines.weights import own, read_json

MODEL_TYPE, VERSION = "midi_model", "v2"
PARTS = ("net", "net_token")
COMPUTED = "inv_freq"  # older files hold what is worked out here


class Network(nn.Module):
    """`net` over events, `net_token` over the tokens of one, and the head that both share.

    It is built without weights: `assign` gives it some.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        from transformers import LlamaConfig, LlamaModel

        super().__init__()
        shapes = [LlamaConfig(**{**config[f"{part}_config"], "use_cache": True}) for part in PARTS]
        with torch.device("meta"):
            self.net, self.net_token = (LlamaModel(shape) for shape in shapes)
            self.lm_head = nn.Linear(shapes[1].hidden_size, SIZE, bias=False)
        self.context: int = shapes[0].max_position_embeddings

    def assign(self, tensors: Mapping[str, Tensor]) -> None:
        """Take weights over; raise RuntimeError where some are missing, too many or of another shape."""
        self.load_state_dict(dict(tensors), assign=True)
        for part in (self.net, self.net_token):
            part.rotary_emb = type(part.rotary_emb)(part.config)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.lm_head.weight.device


def knows(folder: Path) -> bool:
    """Tell whether a folder holds such a model; those of the first tokenizer are others."""
    config = read_json(folder / "config.json")
    tokenizer = config.get("tokenizer")
    return (
        config.get("model_type") == MODEL_TYPE
        and isinstance(tokenizer, dict)
        and tokenizer.get("version") == VERSION
        and all(isinstance(config.get(f"{part}_config"), dict) for part in PARTS)
    )


def load(folder: Path, device: torch.device, dtype: torch.dtype, name: str) -> Network:
    """Load a model from `config.json` and its safetensors; raise BrokenModel where they are damaged."""
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    broken = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError)

    try:
        network = Network(read_json(folder / "config.json"))
        tensors: dict[str, Tensor] = {}
        for file in sorted(folder.glob("*.safetensors")):
            tensors |= load_file(file)
        network.assign({key: value.to(dtype) for key, value in tensors.items() if not key.endswith(COMPUTED)})
    except (*broken, SafetensorError, StrictDataclassError) as error:
        raise BrokenModel(source=name) from error
    return own(network, device).eval()  # type: ignore[no-any-return]


def build_tiny(seed: int) -> Network:
    """Return an untrained network, for tests."""
    shape = {"vocab_size": SIZE, "hidden_size": 16, "intermediate_size": 16, "max_position_embeddings": 128}
    part = {**shape, "num_hidden_layers": 1, "num_attention_heads": 2, "pad_token_id": PAD}
    network = Network({f"{name}_config": part for name in PARTS})
    generator = torch.Generator().manual_seed(seed)
    network.assign({name: torch.randn(w.shape, generator=generator) / 4 for name, w in network.state_dict().items()})
    return network.eval()


class Reader:
    """One piece's place in the network: it reads whole events, and opens the next one token by token.

    Where the context is full, the first `head` rows and the newest half of the rest are read again. Times are told
    from event to event, so that nothing is lost but what was cut.
    """

    def __init__(self, network: Network, head: Sequence[Sequence[int]], context: int) -> None:
        self._network, self._context, self._head = network, context, len(head)
        self._rows = [*map(list, head)]
        self._unread = len(self._rows)
        self._events: Any = None
        self._tokens: Any = None

    def add(self, row: Sequence[int]) -> None:
        """Write an event down, to be read before the next is opened."""
        self._rows.append(list(row))
        self._unread += 1

    @torch.inference_mode()
    def open(self) -> Tensor:
        """Read what is unread; return the logits of the next event's kind, float32 on the CPU, `(SIZE,)`."""
        assert self._unread, "an event was written since the last was opened"
        if len(self._rows) > self._context:
            kept = self._context // 2
            self._rows = self._rows[: self._head] + self._rows[max(self._head, len(self._rows) - kept) :]
            self._events, self._unread = None, len(self._rows)
        rows = torch.tensor([self._rows[-self._unread :]], device=self._network.device)
        net = self._network.net
        out = net(inputs_embeds=net.embed_tokens(rows).sum(dim=-2), past_key_values=self._events, use_cache=True)
        self._events, self._tokens, self._unread = out.past_key_values, None, 0
        return self._write(out.last_hidden_state[:, -1:])

    @torch.inference_mode()
    def step(self, token: int) -> Tensor:
        """Read one token of the event that is open; return the logits of the next."""
        ids = torch.tensor([[token]], device=self._network.device)
        return self._write(self._network.net_token.embed_tokens(ids))

    def _write(self, embeds: Tensor) -> Tensor:
        out = self._network.net_token(inputs_embeds=embeds, past_key_values=self._tokens, use_cache=True)
        self._tokens = out.past_key_values
        logits: Tensor = self._network.lm_head(out.last_hidden_state)[0, -1].float().cpu()
        return logits
