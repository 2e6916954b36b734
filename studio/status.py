"""The status line: short records, written as text, never as HTML."""

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

from pipelines.params import Knob, Range
from studio.performance import View

SEPARATOR = "\x1e"
SCRIPT = """
const line = element.querySelector('.status');
const put = () => {
  const records = (props.value || '').split('\\x1e').filter(Boolean);
  line.replaceChildren(...records.map((record) => {
    const part = document.createElement('span');
    const mark = record[0];
    part.className = `part ${{ '*': 'moved', '~': 'waiting' }[mark] ?? ''}`.trim();
    part.textContent = '*=~'.includes(mark) ? record.slice(1) : record;
    return part;
  }));
};
watch('value', put);
put();
"""


def status_line(elem_id: str) -> Any:
    """Build a line whose value is records parted by U+001E; one that begins with `*` was moved mid-run.

    One that begins with `~` is told before a work begins, and takes the place of gradio's own word on its queue.
    """
    return gr.HTML(
        value="",
        html_template='<div class="status" role="status" aria-live="polite"></div>',
        js_on_load=SCRIPT,
        elem_id=elem_id,
        elem_classes=["status-line"],
        container=False,
        show_label=False,
        padding=False,
    )


def list_records(view: View[Any], art: str, knobs: Mapping[str, Knob], say: Callable[..., str]) -> list[str]:
    """Return the line's records: progress, speed, seed, then each live knob's value in force."""
    steps = view.step.index if hasattr(view.step, "state") else view.steps  # a silent server's steps are no words
    speed = steps / view.seconds if view.seconds else 0.0
    state = "status.done" if view.done else f"status.{getattr(view.step, 'state', 'working')}"
    progress = say(
        f"{art}.{getattr(view.step, 'counted', 'steps')}", steps=steps, speed=f"{speed:.1f}",
        total=getattr(view.step, "total", 0), bars=getattr(view.step, "bars_done", 0), seconds=round(view.seconds),
    )  # fmt: skip
    records = [say(state), progress, say("status.seed", seed=view.take.seed)]
    idle = view.params.idle()
    for name, knob in knobs.items():
        if knob.live and not knob.inert and name not in idle and isinstance(knob.domain, Range):
            mark = "*" if name in view.moved else "="
            records.append(f"{mark}{say(f'{art}.{name}')} {getattr(view.params, name):g}")
    return records
