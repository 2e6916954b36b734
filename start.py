"""Set Triptych up and start it: `python3 start.py` opens the studio, `python3 start.py test` runs every check.

Needs nothing but Python 3.11 to 3.13: it makes a virtual environment in .venv, installs the pinned requirements when
they have changed, and goes on inside. Other options go to app.py; those after `test` go to pytest.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent
HOME = ROOT / ".venv"
PYTHON = HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main(arguments: list[str]) -> int:
    """Install what is missing, then start the studio or run the checks; return the exit status."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        print("Triptych needs Python 3.11, 3.12 or 3.13; this is", sys.version.split()[0])
        return 1
    if arguments[:1] == ["test"]:
        install(ROOT / "requirements-test.txt")
        return check(arguments[1:])
    install(ROOT / "requirements.txt")
    if os.name == "posix":  # become the studio: whoever tells this process to end, tells the studio
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "app.py", *arguments])
    return run("app.py", *arguments)


def install(requirements: Path) -> None:
    """Make the virtual environment and install a requirements file, unless that was done before."""
    content = b"".join(path.read_bytes() for path in sorted(ROOT.glob("requirements*.txt")))
    mark = HOME / f"{requirements.stem}-{hashlib.sha256(content).hexdigest()[:16]}"
    if mark.exists():
        return
    print(f"Installing what {requirements.name} names into .venv; this happens once ...", flush=True)
    if not PYTHON.exists():
        venv.create(HOME, with_pip=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", "-r", requirements], cwd=ROOT, check=True)
    mark.touch()


def check(arguments: list[str]) -> int:
    """Run the linter, the type checker and the tests, browser included."""
    status = run("-m", "ruff", "check", ".") or run("-m", "ruff", "format", "--check", ".") or run("-m", "mypy")
    browser = find_browser()
    if browser is None:
        print("There is no Chromium for the browser tests and none could be installed.", flush=True)
        if os.environ.get("CI"):
            return 1
    else:
        os.environ["TRIPTYCH_BROWSER"] = browser
    if os.environ.get("CI") and not (shutil.which("nginx") or shutil.which("/usr/sbin/nginx")):
        install_with_apt("nginx", "openssl")  # elsewhere the tests of the reverse proxy are skipped without it
    return status or run("-m", "pytest", *arguments)


def find_browser() -> str | None:
    """Return the path of a Chromium: one that is there, Playwright's own, or Debian's; say what is done for it."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    print("Getting a browser for the tests: Playwright's Chromium ...", flush=True)
    if run("-m", "playwright", "install", "chromium") == 0:
        return "playwright"
    install_with_apt("chromium", "fonts-noto-cjk")
    return shutil.which("chromium")


def install_with_apt(*packages: str) -> None:
    """Install Debian's packages where we may; say so."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing", *packages, "with apt-get ...", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", *packages], check=False)


def run(*command: str) -> int:
    """Run Python in the virtual environment, from the project's folder."""
    return subprocess.run([PYTHON, *command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
