"""Programs of others that check what ours says. Fetched once into build/tools, by pip and apt."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "build" / "tools"
REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"
FETCHING = 300  # seconds, at most


def fetched(name, fetch):
    """FOLDER/NAME, made by fetch(folder) if it is not there. Without a network the test is skipped, but not in CI."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target = FOLDER / name
        if target.exists():
            return target
        made = Path(tempfile.mkdtemp(dir=FOLDER))
        try:
            fetch(made)
        except (OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(made, ignore_errors=True)
            if os.environ.get("CI") == "true":
                raise
            raise unittest.SkipTest(f"{name} cannot be fetched: {error}") from None
        made.rename(target)
        return target


def call(*command, **options):
    subprocess.run(command, check=True, capture_output=True, timeout=FETCHING, **options)


def promtool():
    """Of Debian's package prometheus, which would start a service if it were installed."""
    installed = shutil.which("promtool")
    if installed:
        return installed

    def fetch(folder):
        call("apt-get", "download", "-q", "prometheus", cwd=folder)
        (package,) = folder.glob("prometheus_*.deb")
        call("dpkg-deb", "-x", package, folder)
        package.unlink()

    return fetched("prometheus", fetch) / "usr" / "bin" / "promtool"


def schemathesis():
    """In a virtual environment, of the versions that requirements.txt names."""

    def fetch(folder):
        call(sys.executable, "-m", "venv", folder)
        call(folder / "bin" / "pip", "install", "--quiet", "--requirement", REQUIREMENTS)

    # Its scripts know the interpreter by the path that it was made at, so it is started as a module.
    version = REQUIREMENTS.read_text().splitlines()[-1].replace("==", "-")
    python = fetched(version, fetch) / "bin" / "python"
    return [str(python), "-m", "schemathesis.cli"]
