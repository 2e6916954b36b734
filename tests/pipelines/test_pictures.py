"""A picture from outside is opened with care: what it is, how large, which way up; only its pixels are kept."""

import base64
import io
import struct
import zlib

import pytest
from PIL import Image

from pipelines.errors import NotAPicture, PictureTooLarge
from pipelines.pictures import Picture, read_address, read_picture, shrink, write_address

DOMAIN = Picture(max_pixels=10_000, mode="RGB")


def save(picture, kind="PNG", **more):
    file = io.BytesIO()
    picture.save(file, format=kind, **more)
    return file.getvalue()


def address(data, kind="png"):
    return f"data:image/{kind};base64," + base64.b64encode(data).decode()


def bomb(width=20_000, height=20_000):
    """Return the head of a PNG that says it is huge, in a few bytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b"")


def test_no_picture_is_the_empty_text():
    assert DOMAIN.check("start", "") == ""


def test_pixels_are_kept_and_written_anew_whatever_the_file_says_besides():
    picture = Image.effect_noise((30, 20), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    first = DOMAIN.check("start", address(save(picture, exif=exif, compress_level=1)))
    assert first == DOMAIN.check("start", address(save(picture, "WEBP", lossless=True), "webp"))
    assert DOMAIN.check("start", first) == first == write_address(picture)
    assert read_address(first).tobytes() == picture.tobytes()
    assert b"home" not in base64.b64decode(first.partition(",")[2])


@pytest.mark.parametrize(
    "value",
    [
        None, 7, ["data:image/png;base64,"], {"path": "/etc/passwd"}, "/etc/passwd", "http://127.0.0.1/x.png",
        "data:image/svg+xml;base64,PHN2Zy8+", "data:image/png;base64,", "data:image/png;base64,!!!!",
        address(b"GIF89a"), address(save(Image.new("RGB", (8, 8)))[:40]), "data:text/html;base64,PGI+",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(value):
    with pytest.raises(NotAPicture):
        DOMAIN.check("start", value)


def test_a_picture_of_too_many_pixels_is_refused_by_its_head():
    for value in (address(save(Image.new("RGB", (101, 100)))), address(bomb()), address(bomb(10_000, 10_000))):
        with pytest.raises(PictureTooLarge):
            DOMAIN.check("start", value)
    with pytest.raises(PictureTooLarge):
        DOMAIN.check("start", "data:image/png;base64," + "A" * 10_000_000)
    with pytest.raises(PictureTooLarge):
        read_picture(bomb(10_000, 10_001))


def test_a_gif_is_no_picture_to_start_from_and_an_animated_webp_gives_its_first_frame():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    with pytest.raises(NotAPicture):
        read_picture(save(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    first = read_picture(save(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))
    assert first.getpixel((4, 4))[0] > 240


def test_other_kinds_of_colour_come_out_as_they_look():
    cmyk = read_picture(save(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"))
    assert cmyk.mode == "RGB"
    assert cmyk.getpixel((4, 4))[0] > 200 > 60 > cmyk.getpixel((4, 4))[1]
    deep = read_picture(save(Image.new("I;16", (8, 8), 32_768)))
    assert deep.getpixel((4, 4)) == (128, 128, 128)
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert read_picture(save(clear)).getpixel((4, 4)) == (255, 255, 255)
    assert read_picture(save(clear), "L").getpixel((4, 4)) == 0
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    assert read_picture(save(palette, transparency=0)).getpixel((4, 4)) == (10, 20, 30)


def test_a_photograph_on_its_side_is_turned_upright():
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("black", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = read_picture(save(picture, "JPEG", exif=exif, quality=95))
    assert turned.size == (20, 40)
    assert turned.getpixel((10, 5))[0] < 60
    assert turned.getpixel((10, 35))[0] > 200


def test_a_large_picture_is_made_smaller_in_its_own_shape():
    small = shrink(Image.new("RGB", (3_000, 1_000)), 30_000)
    assert small.size == (300, 100)
    assert shrink(small, 30_000) is small
