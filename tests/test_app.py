"""The command line names a writer: shipped, from the hub, on a server."""

import pytest

import app
from pipelines.errors import ServerMissing
from tests.pipelines.text.servers import free_port


@pytest.mark.parametrize("option", ["--text-model", "--image-model"])
@pytest.mark.parametrize("address", ["http://", "https:///v1", "http://[broken/v1"])
def test_an_address_without_a_server_is_refused(option, address, capsys):
    with pytest.raises(SystemExit):
        app.read_options([option, address])
    assert "address of a server" in capsys.readouterr().err


def test_a_password_in_an_address_is_not_shown():
    address = "https://ann:secret@api.example.com/v1"
    options = ["--text-model", address, "--text-model-name", "m", "--image-model", address, "--image-model-name", "n"]
    sources = app.list_sources(app.read_options(options))
    first, second = sources["literature"]
    assert first.name == "m @ api.example.com"
    assert second.name == "Triptych writer 2"
    assert sources["painting"][0].name == "n @ api.example.com"


def test_a_server_that_is_not_there_leaves_the_shipped_writer(capsys):
    options = app.read_options(["--text-model", f"http://127.0.0.1:{free_port()}", "--text-model-name", "m"])
    with pytest.raises(ServerMissing):
        app.list_sources(options)["literature"][0].load()


def test_a_painter_s_server_may_have_a_key_of_its_own(monkeypatch):
    monkeypatch.setenv("TRIPTYCH_API_KEY", "one")
    options = app.read_options(["--image-model", "http://localhost:1/v1", "--image-model-name", "m"])
    keys = []
    for other in (None, "two", ""):
        if other is not None:
            monkeypatch.setenv("TRIPTYCH_IMAGE_API_KEY", other)
        painter = app.list_sources(options)["painting"][0].load()
        keys.append(painter.server._key)
        painter.server.close()
    assert keys == ["one", "two", ""]


@pytest.mark.parametrize(
    ("source", "kind", "chat"),
    [
        ("Qwen/Qwen3-0.6B", "auto", True),
        ("Qwen/Qwen3-0.6B", "base", False),
        ("Qwen/Qwen3-4B-Base", "auto", False),
        ("Qwen/Qwen3-4B-Base", "chat", True),
    ],
)
def test_a_model_is_asked_or_goes_on(source, kind, chat):
    assert app._chats(source, kind) == chat


def test_a_controlnet_tells_its_kind_by_its_name_or_is_told():
    asked = ["--controlnet", "lllyasviel/control_v11p_sd15_canny", "--controlnet", "scribble=models/drawn"]
    expected = {"canny": "lllyasviel/control_v11p_sd15_canny", "scribble": "models/drawn"}
    assert app.read_options(asked).controlnet == expected


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--controlnet", "a/depth"], "canny=MODEL"),
        (["--controlnet", "depth=a/canny"], "canny=MODEL"),
        (["--controlnet", "canny="], "canny=MODEL"),
        (["--controlnet", "a/canny", "--controlnet", "canny=b"], "two models for canny"),
        (["--loras", "nowhere"], "wants a folder"),
        (["--root-path", "studio"], "/studio"),
        (["--root-path", "/studio", "--share"], "don't go together"),
        (["--closing-seconds", "-1"], "from 0 on"),
    ],
)
def test_options_that_make_no_sense_are_refused(asked, told, capsys):
    with pytest.raises(SystemExit):
        app.read_options(asked)
    assert told in capsys.readouterr().err


def test_a_soundfont_that_is_none_is_refused_and_a_real_one_taken(tmp_path, capsys):
    other = tmp_path / "sound.sf2"
    other.write_bytes(b"RIFFxxxxWAVE")
    for path in (other, tmp_path / "missing.sf2"):
        with pytest.raises(SystemExit):
            app.read_options(["--soundfont", str(path)])
        assert "wants a SoundFont" in capsys.readouterr().err
    other.write_bytes(b"RIFFxxxxsfbk")
    assert app.read_options(["--soundfont", str(other)]).soundfont == other
