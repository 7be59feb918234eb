"""Starts a container of an image that build.py made, as an engine would: namespaces of its own, the image's user,
its volumes, its health check, its signal to stop."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from build import BARE_SYSTEM, below, find_user, words_of

PATIENCE = 60  # seconds; nothing here should take a tenth of it


@dataclass(frozen=True)
class Limits:
    """What compose.yaml adds to the image."""

    read_only: bool = False
    drop_capabilities: bool = False
    no_new_privileges: bool = False
    tmpfs: tuple = ()  # paths
    mounts: tuple = ()  # of (folder or file of this machine, path inside, whether it is read-only)


class Container:
    """One process, the image's entrypoint. Volumes that no mount is for stand below `folder`, as the image has them."""

    def __init__(self, image, root, folder, limits):
        self.image, self.root, self.folder, self.limits = image, root, Path(folder), limits
        self.log_file = self.folder / "log"
        self.process = None
        self.pid = None

    def start(self):
        mounted = {inside for _, inside, _ in self.limits.mounts}
        mounts = list(self.limits.mounts)
        for path in self.image.volumes:
            if path not in mounted:
                mounts.append((self.volume(path), path, False))
        options = ["--isolated", *(["--read-only"] if self.limits.read_only else [])]
        for path in self.limits.tmpfs:
            options += ["--tmpfs", path]
        # Outer ones first.
        for source, inside, read_only in sorted(mounts, key=lambda each: each[1]):
            options += ["--bind-read-only" if read_only else "--bind", source, inside]
        words = self._words(self.image.entrypoint + self.image.command)
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [BARE_SYSTEM, "enter", self.root, *options, "--", *words],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.pid = self._await(self._first_process)
        return self

    def volume(self, path):
        """Where it is on this machine. It begins as what the image has at its place, owner and permissions included."""
        volume = self.folder / "volumes" / path.strip("/").replace("/", "-")
        if not volume.exists():
            volume.parent.mkdir(parents=True, exist_ok=True)
            place = below(self.root, path)
            place.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", place, volume], check=True)
        return volume

    def _words(self, command):
        """As the image's user, with no more rights than the limits leave."""
        words = words_of(self.root, "", self.image.folder, self.image.environment, ())
        if self.image.user:
            uid, gid, home = find_user(self.root, self.image.user)
            words += [f"HOME={home}", "/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
        else:
            words += ["/usr/bin/setpriv"]
        if self.limits.drop_capabilities:
            words += ["--bounding-set=-all", "--inh-caps=-all"]
        if self.limits.no_new_privileges:
            words.append("--no-new-privs")
        return [*words, "--", *command]

    def _first_process(self):
        """The child of unshare, once it has become the entrypoint: its process id on this machine."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        program = os.path.realpath(os.path.join(self.root, self.image.entrypoint[0].lstrip("/")))
        for child in children:
            running = Path(f"/proc/{child}/exe")
            if running.exists() and os.stat(running).st_ino == os.stat(program).st_ino:
                return int(child)
        return None

    def _await(self, condition, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            if self.process.poll() is not None:
                raise AssertionError(f"the container has ended with {self.process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not happen within {seconds} s:\n{self.log()}")
            time.sleep(0.02)
        return answer

    await_ = _await

    def log(self):
        return self.log_file.read_text()

    def status(self):
        """Of its process: /proc/PID/status, see proc(5)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}

    def run(self, *command, as_root=False, timeout=PATIENCE):
        """Another command in the container, as `exec` of an engine does it."""
        words = list(command) if as_root else self._words(command)
        spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--root", "--wd"]
        return subprocess.run(
            ["nsenter", f"--target={self.pid}", *spaces, "--", "/usr/bin/env", "-i", *words],
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def is_healthy(self):
        """Asks once, as HEALTHCHECK says, in its time."""
        check = self.image.health_check
        try:
            return self.run(*check.command, timeout=check.timeout).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def await_healthy(self):
        """Asks from interval to interval; a failure counts only after the start period, as often as it says."""
        check, begin, failures = self.image.health_check, time.monotonic(), 0
        while not self.is_healthy():
            if time.monotonic() - begin > check.start_period:
                failures += 1
            if failures >= check.retries:
                raise AssertionError(f"unhealthy:\n{self.log()}")
            time.sleep(min(check.interval, 0.1) if failures == 0 else check.interval)
        return time.monotonic() - begin

    def stop(self, grace):
        """The exit status; the signal is the image's, and after the grace it is killed as by an engine."""
        os.kill(self.pid, getattr(signal, self.image.stop_signal))
        try:
            return self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end within {grace} s:\n{self.log()}") from None

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            # All of the container ends with its first process.
            os.kill(self.pid or self.process.pid, signal.SIGKILL)
            self.process.wait()


def size_of(root):
    done = subprocess.run(["du", "-sxm", root], stdout=subprocess.PIPE, text=True, check=True)
    return int(re.match(r"\d+", done.stdout)[0])

