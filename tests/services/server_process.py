"""A server that ends with its test, whichever way that ends."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

PATIENCE = 60  # seconds; nothing here should take a third of it


class ServerProcess:
    """Its output is appended to a log file, unless it is to be talked to: then only its errors are."""

    def __init__(self, log, command, talks=False, user=None, environment=None):
        """user: of the system, whom it runs as where the test is root's; environment: all that it is given."""
        self.log_path = Path(log)
        self.command = command
        self.talks = talks
        self.user = user
        self.environment = environment
        self.process = None
        self._begin = 0

    def start(self):
        # The kernel ends it with the thread that has started it: see PR_SET_PDEATHSIG in prctl(2).
        assert threading.current_thread() is threading.main_thread(), "start it in the main thread"
        self.log_path.touch()
        self._begin = self.log_path.stat().st_size
        pipe = subprocess.PIPE if self.talks else None
        become = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] if self.user else []
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                # In this order: who becomes another forgets that it is to end.
                [*become, "setpriv", "--pdeathsig", "KILL", *self.command],
                stdin=pipe or subprocess.DEVNULL,
                stdout=pipe or log,
                stderr=log,
                env=self.environment or dict(os.environ),
            )
        return self

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        """Since the last start."""
        with self.log_path.open("rb") as log:
            log.seek(self._begin)
            return log.read().decode(errors="replace")

    def await_(self, condition, what, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            end = "\n".join(self.log().splitlines()[-30:])
            if not self.running():
                raise AssertionError(f"{what}: it has ended with {self.process.returncode}:\n{end}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {seconds} s:\n{end}")
            time.sleep(0.02)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        """True if it was running, and it was this that ended it."""
        if not self.running():
            return False
        self.process.kill()
        return self.process.wait() == -signal.SIGKILL

    def stop(self, seconds=PATIENCE):
        """As an operator does."""
        if self.running():
            self.process.terminate()
            self.process.wait(seconds)
