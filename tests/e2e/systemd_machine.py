"""Machines with systemd as process 1, for tests of what operators do as root: a copy of this one, of which nothing is
left, or the system in a folder."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 60  # seconds; nothing here should take a tenth of it
BARE_SYSTEM = Path(__file__).resolve().parent.parent / "bare_system"
# Of this machine's units only these: it is to start nothing but itself.
UNITS = [f"{each}.target" for each in ("sysinit", "basic", "sockets", "multi-user", "network", "network-online", "shutdown")]
UNITS += ["systemd-journald.service", "systemd-journald.socket", "systemd-journald-dev-log.socket"]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What an earlier installation may have left; in the copy it is gone.
LEFT = "/etc/hiveframed /var/lib/hiveframed /var/lib/private/hiveframed /usr/local/bin/hiveframed /usr/local/lib/systemd"


class CannotBoot(Exception):
    """Not here: no root, no systemd, or a kernel without what it takes."""


class Machine:
    """Its files are those of this machine, and what is written to them is kept in memory; or those below `root`.

    folder: for what the test makes. shown: folders that are to be seen there under their paths, and written to.
    """

    def __init__(self, folder, shown=(), root=None):
        self.folder = Path(folder)
        self.shown = list(shown)
        self.root = root
        self.process = None
        self.pid = None

    def boot(self):
        if os.geteuid() != 0:
            raise CannotBoot("needs root")
        for tool in ("systemctl", "unshare", "nsenter"):
            if shutil.which(tool) is None:
                raise CannotBoot(f"needs {tool}")
        options, command = ["--isolated", "--cgroup", "--tmpfs", "/run"], ["container=test"]
        if self.root is None:
            options += ["--overlay", "--tmpfs", "/etc/systemd/system", "--bind-read-only", self._units(), "/run/units"]
            command.append("SYSTEMD_UNIT_PATH=/etc/systemd/system:/usr/local/lib/systemd/system:/run/units")
        for each in self.shown:
            options += ["--bind", each, each]
        command += ["/lib/systemd/systemd", "--show-status=no"]
        log = self.folder / "boot.log"
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                # Or it would outlive a test that is killed.
                ["setpriv", "--pdeathsig", "TERM", BARE_SYSTEM, "enter", self.root or "/", *options, "--", *command],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not (self.pid and self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded")):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise CannotBoot(f"systemd does not start here: {log.read_text()}")
            self.pid = self.pid or self._find_systemd(self.process.pid)
            time.sleep(0.05)
        if self.root is None:
            self.run(f"rm -rf {LEFT}")
        return self

    def _units(self):
        folder = self.folder / "units"
        folder.mkdir()
        for name in UNITS:
            (folder / name).symlink_to(f"/lib/systemd/system/{name}")
        (folder / "default.target").symlink_to("multi-user.target")
        wants = folder / "sockets.target.wants"
        wants.mkdir()
        for name in UNITS[-2:]:
            (wants / name).symlink_to(f"../{name}")
        return folder

    def _find_systemd(self, process):
        try:
            if Path(f"/proc/{process}/comm").read_text().strip() == "systemd":
                return process
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        except OSError:
            return None
        return next(filter(None, map(self._find_systemd, map(int, children))), None)

    def run(self, script, folder="/", timeout=PATIENCE):
        """A script of bash, as root, in a folder of the machine; what it prints, errors in between."""
        spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--root", "--wd"]
        environment = [f"PATH={PATH}", "HOME=/root", "LC_ALL=C.UTF-8", "SYSTEMD_PAGER=cat", "SYSTEMD_COLORS=0"]
        return subprocess.run(
            ["nsenter", f"--target={self.pid}", *spaces, "--", "env", "-i", f"--chdir={folder}", *environment, "bash", "-c", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def show(self, unit, name):
        return self.run(f"systemctl show --value -p {name} {unit}").stdout.strip()

    def await_(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError("it did not happen:\n" + self.run("journalctl --no-pager | tail -n 50").stdout)
            time.sleep(0.05)

    def end(self):
        if self.pid:
            os.kill(self.pid, 9)  # and with process 1 all others
        elif self.process:
            self.process.terminate()
        if self.process:
            self.process.wait(PATIENCE)


def skip_where_none_boots():
    """Ends this test as skipped (77), saying why, where no such machine can be had."""
    with tempfile.TemporaryDirectory() as trial:
        machine = Machine(trial)
        try:
            machine.boot()
        except CannotBoot as problem:
            print(problem)
            sys.exit(77)
        finally:
            machine.end()
