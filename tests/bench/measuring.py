"""Runs of the daemon and of the loops beside it: where they work, what they cost, and the figures of all parts."""

import collections
import filecmp
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

Run = collections.namedtuple("Run", "cpu wall peak")  # CPU seconds, seconds, MiB

REBUILT = ["filter: record.status != 'gone'", "set: {total: record.amount * 1.2}", "drop: [note]"]
MEMORY_LIMIT = "48MiB"


class Wrong(Exception):
    """An output is wrong, or a run failed."""


def build(binary):
    """The release binary and the programs beside it; returns their paths."""
    if binary is None:
        subprocess.run([ROOT / "deploy/install-packages", "build"], check=True, stdout=subprocess.DEVNULL)
        for step in (["cmake", "--preset", "release"],
                     ["cmake", "--build", "--preset", "release", "--target", "hiveframed"]):
            done = subprocess.run(step, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                sys.exit(done.stdout)
        binary = ROOT / "build/release/hiveframed"
    programs = [("orders", []), ("ceilings", ["-lsimdjson"]), ("csv_loop", ["-lsimdjson"])]
    return [Path(binary).resolve(), *(compile_program(name, libraries) for name, libraries in programs)]


def compile_program(name, libraries):
    """Of NAME.cpp beside this, if it or any header has changed since; returns its path."""
    folder = ROOT / "build/bench"
    folder.mkdir(parents=True, exist_ok=True)
    source, program = HERE / f"{name}.cpp", folder / name
    changed = max(path.stat().st_mtime for path in (source, *HERE.glob("*.hpp")))
    if not program.exists() or program.stat().st_mtime < changed:
        subprocess.run(["c++", "-std=c++20", "-O3", f"-I{ROOT}", "-o", program, source, *libraries], check=True)
    return program


def work_folder(needed, wanted):
    """A folder with room, in memory if possible; says so if not."""
    memory = 0
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            memory = int(line.split()[1]) * 1024
    for place in [wanted] if wanted else ["/dev/shm", tempfile.gettempdir()]:
        if not os.access(place, os.W_OK):
            continue
        kind = subprocess.run(["stat", "-f", "-c", "%T", place], capture_output=True, text=True).stdout.strip()
        room = shutil.disk_usage(place).free
        if kind in ("tmpfs", "ramfs"):
            room = min(room, memory - (512 << 20))
        if room < needed:
            continue
        if kind not in ("tmpfs", "ramfs"):
            print(f"note: {place} is no tmpfs ({kind}); the disk's noise is in the figures")
        return Path(tempfile.mkdtemp(prefix="hiveframed-bench.", dir=place))
    sys.exit(f"no folder has room for {needed >> 20} MiB; name one with --folder, or use --quick")


class Bench:
    def __init__(self, folder, programs, size, rounds):
        self.folder, self.rounds = folder, rounds
        self.hiveframed, self.orders, self.ceilings, self.csv_loop = programs
        self.input = folder / "orders.ndjson"
        subprocess.run([self.orders, str(size), self.input], check=True)
        self.size = self.input.stat().st_size
        self.cpus = sorted(os.sched_getaffinity(0))
        self.figures = []

    def pipeline(self, name, transforms, output, source=None, form="ndjson", mode="overwrite"):
        text = f"name: {name}\nsource: {{uri: '{source or self.input}', format: {form}}}\n"
        if transforms:
            text += "transforms:\n" + "".join(f"  - {each}\n" for each in transforms)
        if output == "stdout":
            text += f"sink: {{type: stdout, format: {form}}}\n"
        else:
            text += f"sink: {{uri: '{output}', format: {form}, mode: {mode}}}\n"
        path = self.folder / f"{name}.yaml"
        path.write_text(text)
        return path

    def daemon(self, *arguments, quiet=True):
        return [self.hiveframed, "run", *(["--quiet"] if quiet else []), "--state-dir", self.folder / "state",
                *arguments]

    def measure(self, command, cpus, output=None, stdout=subprocess.DEVNULL):
        """Runs it on these processors. Pages of an old output are given back before, not by the run."""
        if output is not None:
            output.unlink(missing_ok=True)
        # The least peak this can show is what this process itself takes, some 14 MiB.
        command = ["taskset", "-c", ",".join(map(str, cpus)), *map(str, command)]
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)
        complaint = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise Wrong(f"{' '.join(command)} ended with {process.returncode}\n{complaint}")
        return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)

    @staticmethod
    def check(one, other):
        if not filecmp.cmp(one, other, shallow=False):
            raise Wrong(f"{one} and {other} differ")

    def add(self, **figure):
        self.figures.append(figure)


def mark(reached):
    return "" if reached else "   missed"
