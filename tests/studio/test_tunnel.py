"""The public link: told when it opens, one sentence when it doesn't, and the studio never waits for it."""

import time

from gradio import networking

from studio import tunnel


def hear(monkeypatch, dig, patience=5.0):
    monkeypatch.setattr(networking, "setup_tunnel", dig)
    monkeypatch.setattr(tunnel, "PATIENCE_SECONDS", patience)
    said = []
    begun = time.monotonic()
    thread = tunnel.announce(7860, "token", said.append)
    returned = time.monotonic() - begun
    thread.join(10)
    return said, returned


def test_a_link_is_told(monkeypatch):
    said, _ = hear(monkeypatch, lambda **options: f"https://example.test/{options['local_port']}")
    assert said == ["Public link: https://example.test/7860"]


def test_no_link_is_told_in_one_sentence(monkeypatch):
    def fail(**options):
        raise RuntimeError("login to server failed")

    said, _ = hear(monkeypatch, fail)
    assert "no public link" in said[0]


def test_a_tunnel_that_hangs_is_given_up_and_nobody_waited(monkeypatch):
    said, returned = hear(monkeypatch, lambda **options: time.sleep(3), patience=0.2)
    assert returned < 0.15
    assert "no public link" in said[0]
