"""What the owner asks for on the command line happens, or is told why not."""

import time

import httpx
import pytest

import app
from tests.conftest import Studio
from tests.studio.wire import Stranger, error_of


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """A studio asked for a pickle, a painter that is a writer, and a composer that isn't there."""
    pickle = tmp_path_factory.mktemp("pickle")
    (pickle / "pytorch_model.bin").write_bytes(b"not opened")
    writer = str(app.SHIPPED["literature"])
    options = ["--text-model", str(pickle), "--image-model", writer, "--music-model", str(pickle / "nothing")]
    options += ["--word-model", writer]
    studio = Studio(tmp_path_factory.mktemp("studio"), *options, "--port", "7951")
    yield studio
    studio.close()


def test_the_studio_goes_on_with_the_models_it_has(troubled):
    stranger = Stranger(troubled)
    assert error_of(stranger.press("literature-write", literature_max_tokens=16)) is None
    assert error_of(stranger.press("painting-paint", painting_prompt="a boat", painting_num_inference_steps=2)) is None
    assert error_of(stranger.press("music-compose", music_bars=4)) is None


def test_the_page_says_why_a_model_is_not_the_one_asked_for(troubled):
    stranger = Stranger(troubled)
    stranger.press("literature-write", literature_max_tokens=16)
    stranger.press("music-compose", music_bars=4)
    until = time.monotonic() + 30
    while "is not a model for other words" not in (told := stranger.arrive("en")):
        assert time.monotonic() < until, told
        time.sleep(0.3)
    assert "pickled weights are not opened" in told
    assert "is not a model for painting" in told
    assert "No model was found" in told
    assert "pickle 权重" in stranger.arrive("zh")


def test_a_name_and_password_are_asked_for(tmp_path):
    studio = Studio(tmp_path, "--auth", "ann:se:cret", "--listen", "--port", "7952")
    try:
        with httpx.Client(base_url=studio.local_url, timeout=30) as visitor:
            assert visitor.get("config").status_code == 401
            assert visitor.post("door", data={"name": "ann", "password": "wrong"}).status_code == 403
            assert visitor.post("login", data={"username": "ann", "password": "se:cret"}).status_code == 401
            assert visitor.post("door", data={"name": "ann", "password": "se:cret"}).status_code == 303
            assert visitor.get("config").status_code == 200
    finally:
        studio.close()


@pytest.mark.parametrize("wrong", ["ann", "ann:", ":secret", ""])
def test_a_password_that_is_none_is_refused(wrong, capsys):
    with pytest.raises(SystemExit):
        app.read_options(["--auth", wrong])
    assert "USER:PASSWORD" in capsys.readouterr().err
