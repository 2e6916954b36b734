"""Names and hashed passwords in a file: `python -m studio.passwords FILE NAME` adds one, asking for the password."""

import base64
import getpass
import hashlib
import hmac
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

COST = (2**14, 8, 1)  # scrypt's n, r and p: 16 MiB
NOBODY = "scrypt$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="  # fits no password


def scramble(password: str, salt: bytes | None = None) -> str:
    """Return a password's hash, with the salt it was made with."""
    salt = secrets.token_bytes(16) if salt is None else salt
    n, r, p = COST
    digest = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=32)
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def fits(password: str, scrambled: str) -> bool:
    """Tell whether a password is the one that was hashed; takes the same time either way."""
    try:
        salt = base64.b64decode(scrambled.split("$")[1], validate=True)
    except (IndexError, ValueError):
        return False
    return hmac.compare_digest(scramble(password, salt), scrambled)


def read_accounts(file: Path) -> dict[str, str]:
    """Read `name:hash` lines; raise ValueError where a line is none, OSError where there is no file."""
    accounts = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, given, scrambled = line.partition(":")
        if not given or not name or not scrambled.startswith("scrypt$") or scrambled.count("$") != 2:
            raise ValueError(f"{file}, line {number}: not NAME:HASH as `python -m studio.passwords` writes it")
        accounts[name] = scrambled
    return accounts


def main(arguments: Sequence[str]) -> int:
    """Add an account to a file, or replace its password."""
    if len(arguments) != 2 or ":" in arguments[1]:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    file, name = Path(arguments[0]), arguments[1]
    accounts = read_accounts(file) if file.exists() else {}
    accounts[name] = scramble(getpass.getpass(f"Password for {name}: "))
    file.touch(mode=0o600)
    file.write_text("".join(f"{one}:{scrambled}\n" for one, scrambled in accounts.items()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
