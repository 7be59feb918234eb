"""When a run stored how far it was, as the files of its state say."""

import time
from pathlib import Path

SECOND = 1_000_000_000  # ns
AS_ONE = SECOND // 2  # a commit may write several times, and the next one comes a commit interval later
INTERVAL = SECOND * 9 // 10  # a commit interval, but for what clocks differ


class Commits:
    """Of one run; made before it starts. Who looks often knows what was written before each commit."""

    def __init__(self, state_folder, pipeline, now=time.time_ns):
        self.files = [Path(state_folder) / f"{pipeline}.db{ending}" for ending in ("", "-wal")]
        self.now = now
        self.newest = self._newest()
        self.looks = [(now(), None)]  # when, and the sizes of the output then
        self.begun = [now()]  # the run, and each commit

    def look(self, sizes):
        newest = self._newest()
        if newest != self.newest and (len(self.begun) == 1 or newest - self.begun[-1] >= AS_ONE):
            self.begun.append(newest)
        self.newest = newest
        self.looks.append((self.now(), sizes))

    def written_before(self):
        """The sizes before the sinks were flushed for the last commit: they are a commit interval after the one
        before. When that took long, some sink may have been left out, and its last flush was before that one. None:
        no more than the run found."""
        if len(self.begun) == 1:
            return None
        last_but_one, last = self.begun[-2:]
        waited = last - last_but_one < INTERVAL + AS_ONE
        until = last_but_one + (INTERVAL if waited else 0)
        return next((sizes for at, sizes in reversed(self.looks) if at < until), None)

    def _newest(self):
        times = []
        for file in self.files:
            try:
                times.append(file.stat().st_mtime_ns)
            except FileNotFoundError:
                pass
        return max(times, default=0)
