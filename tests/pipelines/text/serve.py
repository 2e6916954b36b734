"""Run `transformers serve` for a folder: `python serve.py FOLDER PORT`; without `accelerate`, which places weights."""

import sys

from transformers.cli.serve import Serve
from transformers.cli.serving.model_manager import ModelManager

load = ModelManager._load_model


def load_on_cpu(self, *args, **kwargs):
    self.device = None
    return load(self, *args, **kwargs)


ModelManager._load_model = load_on_cpu
Serve(force_model=sys.argv[1], host="127.0.0.1", port=int(sys.argv[2]), device="cpu")
