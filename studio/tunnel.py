"""Open a public link beside the running studio, whose pages keep loading everything from the studio itself."""

import threading
from collections.abc import Callable

PATIENCE_SECONDS = 45.0


def open_tunnel(port: int, token: str) -> str | None:
    """Return the public address of a local port, or None where there is none to be had in time.

    `launch(share=True)` would make every page, the local one too, load its scripts from a foreign host; gradio's
    own tunnel, opened by hand, does not.
    """
    address: list[str] = []

    def dig() -> None:
        from gradio import networking

        try:
            address.append(
                networking.setup_tunnel(
                    local_host="127.0.0.1",
                    local_port=port,
                    share_token=token,
                    share_server_address=None,
                    share_server_tls_certificate=None,
                )
            )
        except Exception:  # noqa: BLE001  whatever keeps the link away, the studio runs on without it
            return

    thread = threading.Thread(target=dig, name="tunnel", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    return address[0] if address else None


def announce(port: int, token: str, tell: Callable[[str], None]) -> threading.Thread:
    """Open the link in the background and tell its address, or in one sentence that there is none."""

    def work() -> None:
        address = open_tunnel(port, token)
        tell(
            f"Public link: {address}"
            if address
            else "There is no public link: the tunnel service can't be reached from here. The studio runs on; on your "
            "own network, start it with --listen."
        )

    thread = threading.Thread(target=work, name="announce", daemon=True)
    thread.start()
    return thread
