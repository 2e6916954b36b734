"""Imports point one way: app to studio to pipelines; the three arts never import each other."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BANNED = {
    "pipelines": {"gradio", "studio", "training", "benchmarks", "app"},
    "pipelines/text": {"pipelines.image", "pipelines.melody"},
    "pipelines/image": {"pipelines.text", "pipelines.melody"},
    "pipelines/melody": {"pipelines.text", "pipelines.image"},
    "studio": {"training", "benchmarks", "app"},
    "training": {"gradio", "studio", "benchmarks", "app"},
}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("folder", BANNED)
def test_imports_point_one_way(folder):
    wrong = {
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / folder).rglob("*.py")
        for name in imports(path)
        for banned in BANNED[folder]
        if name == banned or name.startswith(f"{banned}.")
    }
    assert wrong == set()
