"""When a run stored how far it was, as the files of its state say."""

from pathlib import Path

AS_ONE = 500_000_000  # ns: a commit may write several times, and the next one comes a commit interval later


class Commits:
    """Of one run; made before it starts. Who looks often knows what was written before each commit."""

    def __init__(self, state_folder, pipeline):
        self.files = [Path(state_folder) / f"{pipeline}.db{ending}" for ending in ("", "-wal")]
        self.newest = self._newest()
        self.sizes = None  # of the output, at the last look
        self.begun = []  # each commit's time, and the sizes at the last look before it

    def look(self, sizes):
        newest = self._newest()
        if newest != self.newest and (not self.begun or newest - self.begun[-1][0] >= AS_ONE):
            self.begun.append((newest, self.sizes))
        self.newest, self.sizes = newest, sizes

    def written_before_last_but_one(self):
        """None: no more than the run found, for the last commit but one was of an earlier run."""
        return self.begun[-2][1] if len(self.begun) > 1 else None

    def _newest(self):
        times = []
        for file in self.files:
            try:
                times.append(file.stat().st_mtime_ns)
            except FileNotFoundError:
                pass
        return max(times, default=0)
