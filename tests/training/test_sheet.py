from PIL import Image

from training import sheet


def test_the_sheet_has_a_picture_for_every_prompt(tmp_path, monkeypatch):
    monkeypatch.setattr(sheet, "PROMPTS", ("a boat on the sea at sunset", "月光下山间的小屋", "a rainbow over a field"))
    sheet.main(["--to", str(tmp_path / "sheet.png"), "--steps", "2", "--device", "cpu"])
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.size == (sheet.COLUMNS * sheet.CELL_PX, sheet.CELL_PX)
        cells = [picture.crop((i * 200, 0, i * 200 + 196, 196)) for i in range(4)]
    assert all(len(cell.getcolors(100_000) or []) > 50 for cell in cells[:3])
    assert cells[3].getcolors(100_000) == [(196 * 196, (0, 0, 0))]
