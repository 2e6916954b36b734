"""The studio's looks: paper, ink and cinnabar; system fonts, so nothing is fetched."""

import base64
from pathlib import Path

import gradio as gr

ASSETS = Path(__file__).parent.parent / "assets"

SANS = [
    "ui-sans-serif",
    "-apple-system",
    "Segoe UI",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Noto Sans Mono CJK SC", "monospace"]

CINNABAR = gr.themes.Color(
    name="cinnabar", c50="#fbf1ec", c100="#f6ded4", c200="#edbfae", c300="#e09a81", c400="#d17558", c500="#b9502f",
    c600="#a5452a", c700="#873822", c800="#6b2d1d", c900="#4f2217", c950="#33150e",
)  # fmt: skip
PAPER = gr.themes.Color(
    name="paper", c50="#fcfaf6", c100="#f6f2ea", c200="#eae4d8", c300="#d8d0c1", c400="#b1a896", c500="#857c6d",
    c600="#665e52", c700="#4b453d", c800="#2e2a26", c900="#211e1b", c950="#171513",
)  # fmt: skip


def build_theme() -> gr.themes.Base:
    """Return the theme; both its light and its dark face."""
    theme = gr.themes.Base(
        primary_hue=CINNABAR, secondary_hue=CINNABAR, neutral_hue=PAPER, radius_size="md", font=SANS, font_mono=MONO
    )
    return theme.set(
        body_background_fill="*neutral_100",
        body_background_fill_dark="*neutral_950",
        body_text_color="*neutral_900",
        body_text_color_dark="*neutral_100",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        background_fill_primary="*neutral_50",
        background_fill_primary_dark="*neutral_900",
        background_fill_secondary="*neutral_100",
        background_fill_secondary_dark="*neutral_900",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_shadow="none",
        block_padding="0",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_label_border_width_dark="0px",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_200",
        block_title_text_weight="600",
        block_title_text_size="*text_sm",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
        block_info_text_size="*text_xs",
        border_color_primary="*neutral_300",
        border_color_primary_dark="*neutral_700",
        panel_background_fill="transparent",
        panel_background_fill_dark="transparent",
        panel_border_width="0px",
        input_background_fill="*neutral_50",
        input_background_fill_dark="*neutral_800",
        input_border_color="*neutral_300",
        input_border_color_dark="*neutral_700",
        input_border_width="1px",
        input_shadow="none",
        input_shadow_focus="none",
        input_border_color_focus="*primary_400",
        slider_color="*primary_500",
        slider_color_dark="*primary_400",
        button_primary_background_fill="*primary_500",
        button_primary_background_fill_hover="*primary_600",
        button_primary_background_fill_dark="*primary_500",
        button_primary_background_fill_hover_dark="*primary_400",
        button_primary_text_color="#ffffff",
        button_primary_border_color="transparent",
        button_secondary_background_fill="transparent",
        button_secondary_background_fill_dark="transparent",
        button_secondary_background_fill_hover="*neutral_200",
        button_secondary_background_fill_hover_dark="*neutral_800",
        button_secondary_border_color="*neutral_300",
        button_secondary_border_color_dark="*neutral_700",
        button_secondary_text_color="*neutral_800",
        button_secondary_text_color_dark="*neutral_200",
        button_large_radius="999px",
        button_small_radius="999px",
        button_border_width="1px",
        button_large_text_weight="600",
        button_transition="background-color .15s ease",
        checkbox_background_color_selected="*primary_500",
        checkbox_background_color_selected_dark="*primary_500",
        checkbox_label_background_fill="transparent",
        checkbox_label_background_fill_dark="transparent",
        checkbox_label_border_width="0px",
        checkbox_label_padding="0",
        checkbox_label_shadow="none",
        layout_gap="16px",
    )


def read_css() -> str:
    """Return the style sheet; the row of swatches lies in it."""
    swatches = base64.b64encode((ASSETS / "easel" / "swatches.webp").read_bytes()).decode()
    return f":root {{ --swatches: url(data:image/webp;base64,{swatches}); }}\n" + "".join(
        (ASSETS / name).read_text(encoding="utf-8")
        for name in ("studio.css", "roll/roll.css", "margin/margin.css", "easel/easel.css")
    )
