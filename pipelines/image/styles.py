"""The styles an artist can choose from, each the words that it adds to a prompt, in the language of the prompt.

A model's card offers those that its model can do: a painter that doesn't know a style's words would only be disturbed.
"""

import re

CHINESE = re.compile(r"[\u3400-\u9fff]")
STYLES: dict[str, tuple[str, str]] = {
    "none": ("", ""),
    # These fifteen choose one of the hands in which our own painter's pictures are finished.
    "flat": ("flat illustration", "平涂"),
    "watercolour": ("watercolour", "水彩"),
    "ink": ("ink wash", "水墨"),
    "oil": ("oil painting", "油画"),
    "pastel": ("soft pastel drawing on toned paper", "粉彩画，柔和的色粉笔触"),
    "pencil": ("pencil sketch, graphite shading", "铅笔素描，石墨明暗"),
    "line": ("line drawing, clean black contours on white", "线描，白底黑色线条"),
    "woodcut": ("woodcut print, carved lines, bold black and white", "木刻版画，刀痕线条，黑白分明"),
    "papercut": ("red paper cut on cream", "红纸剪纸"),
    "porcelain": ("blue and white porcelain painting", "青花瓷画，蓝白两色"),
    "ukiyoe": ("ukiyo-e woodblock print, flat colours", "浮世绘，平面色块"),
    "impressionist": ("impressionist painting, loose brushwork", "印象派绘画，松动的笔触"),
    "pointillist": ("pointillist painting, small dots of pure colour", "点彩画，纯色小点"),
    "pixel": ("pixel art, limited palette", "像素画，有限的颜色"),
    "stained_glass": ("stained glass window, dark lead lines, glowing colours", "彩色玻璃窗，深色铅线，透亮的色彩"),
    # These are for models that have seen more.
    "gouache": ("gouache painting, matte opaque colours", "水粉画，不透明的哑光色彩"),
    "charcoal": ("charcoal drawing, smudged shadows", "炭笔画，晕开的暗部"),
    "gongbi": ("gongbi painting, fine brush lines on silk", "工笔画，绢本细线重彩"),
    "etching": ("copperplate etching, fine hatching", "铜版画，细密的排线"),
    "mosaic": ("mosaic of small stone tiles", "马赛克镶嵌画，小块彩石"),
    "fresco": ("fresco on a plaster wall, faded colours", "壁画，灰泥墙上褪色的颜料"),
    "embroidery": ("silk embroidery, satin stitch", "丝线刺绣，缎面针法"),
    "expressionist": (
        "expressionist painting, distorted forms, violent colours",
        "表现主义绘画，变形的形体，强烈的色彩",
    ),
    "cubist": ("cubist painting, broken planes, several viewpoints", "立体派绘画，破碎的块面，多重视角"),
    "art_nouveau": ("art nouveau poster, curling plant ornament", "新艺术风格海报，卷曲的植物纹样"),
    "art_deco": ("art deco poster, bold geometry, gold and black", "装饰艺术风格海报，几何图形，黑与金"),
    "storybook": ("children's book illustration, gentle and bright", "童书插画，温柔明亮"),
    "comic": ("comic book art, inked outlines, halftone dots", "漫画，墨线勾边，网点"),
    "low_poly": ("low poly 3D render, faceted triangles", "低多边形三维渲染，三角块面"),
    "isometric": ("isometric illustration, miniature scene", "等角插画，微缩场景"),
    "clay": ("clay model, stop motion, fingerprints", "黏土模型，定格动画，指痕"),
    "neon": ("neon lights, glowing magenta and cyan, dark background", "霓虹灯，发光的洋红与青色，暗背景"),
    "film": ("35mm film photograph, grain, faded colours", "35 毫米胶片摄影，颗粒，褪色"),
    "cinematic": ("cinematic still, dramatic light, shallow depth of field", "电影感画面，戏剧性光线，浅景深"),
}


def add_style(words: str, style: str) -> str:
    """Return a prompt with a style's words: "a house, watercolour" or 一座房子，水彩."""
    english, chinese = STYLES[style]
    if not english:
        return words
    return f"{words}，{chinese}" if CHINESE.search(words) else f"{words}, {english}"
