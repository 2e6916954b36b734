"""The status line: short records, written as text, never as HTML."""

from typing import Any

import gradio as gr

SEPARATOR = "\x1e"
SCRIPT = """
const line = element.querySelector('.status');
const put = () => {
  const records = (props.value || '').split('\\x1e').filter(Boolean);
  line.replaceChildren(...records.map((record) => {
    const part = document.createElement('span');
    const mark = record[0];
    part.className = mark === '*' ? 'part moved' : 'part';
    part.textContent = mark === '*' || mark === '=' ? record.slice(1) : record;
    return part;
  }));
};
watch('value', put);
put();
"""


def status_line(elem_id: str) -> Any:
    """Build a line whose value is records parted by U+001E; one that begins with `*` was moved mid-run."""
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
