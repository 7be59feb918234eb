"""Starts the built program as a user would, and reads what it says."""

import itertools
import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

COUNTER = itertools.count()


@dataclass
class Result:
    """A run that has ended."""

    status: int
    messages: str  # standard error, without the summary
    summary: dict | None  # of --json
    peak_rss: int  # bytes

    def pipeline(self, name="pipeline"):
        return next(each for each in self.summary["pipelines"] if each["name"] == name)


class Run:
    """`hiveframed run --json` on one or several files, with a state folder of its own."""

    def __init__(self, program, folder, *files, arguments=(), user=None, limits=None):
        self.folder = Path(folder)
        self.state = self.folder / "state"
        self._errors = self.folder / f".errors-{next(COUNTER)}"
        if user is not None:
            # What stands below /root, or below any closed folder, is for its owner only.
            program = shutil.copy(program, self.folder / f".program-{next(COUNTER)}")

        def before():
            for limit, value in (limits or {}).items():
                resource.setrlimit(limit, (value, value))
            if user is not None:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)

        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [program, "run", "--json", "--state-dir", self.state, *arguments, *files],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                preexec_fn=before,
            )
        self.peak_rss = 0

    def running(self):
        return self.process.poll() is None

    def sample_memory(self):
        """Peak resident bytes up to now: VmHWM, see proc(5)."""
        try:
            for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.peak_rss = max(self.peak_rss, int(line.split()[1]) * 1024)
        except OSError:
            pass
        return self.peak_rss

    def bytes_read(self):
        """By read(2) and its like, of all files: rchar, see proc(5)."""
        io = Path(f"/proc/{self.process.pid}/io").read_text()
        return next(int(line.split()[1]) for line in io.splitlines() if line.startswith("rchar:"))

    def kill(self):
        """True if it was running, and it was this that ended it."""
        self.process.kill()
        return self.process.wait() == -9

    def messages(self):
        return self._errors.read_text()

    def wait(self, timeout=120):
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            threads = self.threads()
            self.kill()
            raise AssertionError(f"the run did not end within {timeout} s:\n{self.messages()}\n{threads}") from None
        return self.result()

    def threads(self):
        """What each thread is at, and what was read and written, see proc(5): of a run that does not end."""
        process = Path(f"/proc/{self.process.pid}")
        told = []
        for task in sorted((process / "task").iterdir()):
            state = task.joinpath("stat").read_text().rsplit(") ", 1)[1][0]
            told.append(f"thread {task.joinpath('comm').read_text().strip()}: {state} in {task.joinpath('wchan').read_text()}")
        return "\n".join([*told, process.joinpath("io").read_text()])

    def result(self):
        messages, summary = [], None
        for line in self.messages().splitlines():
            if line.startswith('{"pipelines":'):
                summary = json.loads(line)
            else:
                messages.append(line)
        return Result(self.process.returncode, "\n".join(messages), summary, self.peak_rss)


def run(program, folder, *files, timeout=120, **options):
    return Run(program, folder, *files, **options).wait(timeout)


def write_pipeline(folder, text, name="pipeline"):
    path = Path(folder) / f"{name}.yaml"
    path.write_text(text)
    return path
