"""Starts `hiveframed serve` as a service manager would, and reads what it says."""

import itertools
import os
import re
import signal
import subprocess
import time
from pathlib import Path

PATIENCE = 60  # seconds; nothing here should take a tenth of it
COUNTER = itertools.count()


class Service:
    """A daemon with a folder of its own: daemon.yaml, pipelines/, state/, and what it logs."""

    def __init__(self, program, folder, settings="", environment=None):
        self.program = program
        self.folder = Path(folder)
        self.pipelines = self.folder / "pipelines"
        self.pipelines.mkdir(exist_ok=True)
        self.settings = settings
        self.environment = environment or {}
        self.log_settings = "{format: text}"
        self.process = None
        self._log = None

    def configure(self, settings):
        self.settings = settings
        # Several daemons at the same time do not get in each other's way.
        admin = "" if "admin:" in settings else "admin: {listen: []}"
        text = f"pipelines: pipelines\nstate_dir: state\n{admin}\nlog: {self.log_settings}\n{settings}\n"
        (self.folder / "daemon.yaml").write_text(text)

    def write(self, name, text):
        """A pipeline file, put in place at once: a reload never sees half of it."""
        hidden = self.pipelines / f".{name}"
        hidden.write_text(text)
        hidden.rename(self.pipelines / f"{name}.yaml")

    def remove(self, name):
        (self.pipelines / f"{name}.yaml").unlink()

    def start(self):
        self.configure(self.settings)
        self._log = self.folder / f".log-{next(COUNTER)}"
        environment = {key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--config", self.folder / "daemon.yaml"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment | self.environment,
            )
        return self

    def log(self):
        return self._log.read_text()

    def lines(self, *parts):
        """Of the log: those that hold all the parts."""
        return [line for line in self.log().splitlines() if all(part in line for part in parts)]

    def running(self):
        return self.process.poll() is None

    def await_(self, condition, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not happen:\n{self.log()}")
            if not self.running():
                raise AssertionError(f"the daemon has ended with {self.process.returncode}:\n{self.log()}")
            time.sleep(0.005)

    def await_line(self, *parts, seconds=PATIENCE):
        self.await_(lambda: self.lines(*parts), seconds)

    def reload(self):
        """Answers what became of each pipeline that was touched, or why nothing was."""
        before = len(self.log())
        self.process.send_signal(signal.SIGHUP)
        self.await_(lambda: re.search(r" reloaded in | not reloaded: ", self.log()[before:]))
        said = self.log()[before:]
        if " not reloaded: " in said:
            # The problems follow.
            time.sleep(0.05)
            return self.log()[before:]
        return dict(re.findall(r"\[(\S+)\] reload: (\w+)", said))

    def stop(self, seconds=PATIENCE):
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=PATIENCE):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the daemon did not end within {seconds} s:\n{self.log()}") from None

    def kill(self):
        if self.process is not None and self.running():
            self.process.kill()
            self.process.wait()
