#!/usr/bin/env python3
"""The unit and the daemon file that are shipped: what systemd says of the one, and the daemon of the other.

    unit_test.py BINARY REPOSITORY [unittest's arguments]
"""

import json
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from service import PATIENCE

BINARY = ""
REPOSITORY = Path()
MOST_EXPOSED = 2.0  # of 10, as systemd-analyze counts


def settings_of(unit):
    """Of all sections: values by name, in order."""
    settings = {}
    for line in unit.splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            settings.setdefault(name, []).append(value)
    return settings


class UnitTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-unit-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.unit = (REPOSITORY / "deploy/hiveframed.service").read_text()
        self.daemon_file = (REPOSITORY / "deploy/hiveframed.yaml").read_text()
        (self.folder / "pipelines").mkdir()

    def here(self, text):
        """A shipped text with the paths of this test in place of the installed ones."""
        for installed, path in (
            ("/usr/bin/hiveframed", BINARY),
            ("/etc/hiveframed", self.folder),
            ("/var/lib/hiveframed", self.folder / "state"),
        ):
            text = text.replace(installed, str(path))
        return text

    def analyze(self, *arguments):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not installed")
        unit = self.folder / "hiveframed.service"
        unit.write_text(self.here(self.unit))
        return subprocess.run(
            ["systemd-analyze", *arguments, unit], capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def test_systemd_finds_nothing_wrong(self):
        done = self.analyze("verify", "--man=no")
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_is_hardly_exposed(self):
        done = self.analyze("security", "--offline=true", f"--threshold={int(MOST_EXPOSED * 10)}", "--no-pager")
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        self.assertIn("Overall exposure level", done.stdout)

    def test_its_command_line_serves_the_shipped_daemon_file(self):
        (self.folder / "hiveframed.yaml").write_text(self.here(self.daemon_file))
        (self.folder / "pipelines/a.yaml").write_text("source: {type: generate, rate: 10}\nsink: discard\n")
        (command,) = settings_of(self.unit)["ExecStart"]
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(str(self.folder / "notify"))
        manager.settimeout(PATIENCE)
        log_file = self.folder / "log"
        log = log_file.open("w")
        self.addCleanup(log.close)
        daemon = subprocess.Popen(
            shlex.split(self.here(command)), stderr=log, env={"NOTIFY_SOCKET": str(self.folder / "notify")}
        )
        self.addCleanup(lambda: daemon.poll() is None and (daemon.kill(), daemon.wait()))
        self.assertIn("READY=1", manager.recv(65536).decode())
        daemon.terminate()
        self.assertEqual(daemon.wait(PATIENCE), 0, log_file.read_text())
        started = [line for line in map(json.loads, log_file.read_text().splitlines()) if line["message"].startswith("started")]
        self.assertEqual([line["pipeline"] for line in started], ["a"])


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    REPOSITORY = Path(sys.argv.pop(1))
    unittest.main()
