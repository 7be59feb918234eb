"""Peak memory: with much data and little, with a filter that keeps little, and behind a reader that stands still."""

import os
import threading
import time

from measuring import MEMORY_LIMIT, REBUILT, Wrong, mark

RARE = ["filter: record.id % 10000 == 7"]
BAR = 64  # MiB


def memory(bench, stands_still):
    """Prints this part's table and adds its figures; `stands_still` in seconds."""
    print(f"\nPeak memory on {len(bench.cpus)} cores with memory_limit {MEMORY_LIMIT}")
    print(f"{'':60}{'MiB':>8}{'at most':>9}")
    tenth = bench.folder / "tenth.ndjson"
    with open(bench.input, "rb") as whole, open(tenth, "wb") as part:
        copied = 0
        for line in whole:
            part.write(line)
            copied += len(line)
            if copied >= bench.size / 10:
                break
    out = bench.folder / "memory.out"
    for title, source, transforms in (
            ("filter, set, drop; a tenth of the data", tenth, REBUILT),
            ("filter, set, drop; all of it", bench.input, REBUILT),
            ("a filter that keeps one record in ten thousand", bench.input, RARE)):
        pipeline = bench.pipeline("memory", transforms, out, source)
        run = bench.measure(bench.daemon(pipeline, "--memory-limit", MEMORY_LIMIT), bench.cpus, out)
        show(bench, title, run.peak)
    out.unlink()
    tenth.unlink()
    for title, transforms in (("passed on, the reader stands still", []),
                              ("filter, set, drop; the reader stands still", REBUILT),
                              ("one record in ten thousand, the reader stands still", RARE)):
        peak = behind_a_sink_that_stands_still(bench, transforms, stands_still)
        show(bench, f"{title} for {stands_still} s", peak)


def show(bench, title, peak):
    print(f"{title:60}{peak:8.0f}{BAR:9}{mark(peak < BAR)}")
    bench.add(part="memory", work=title, peak_mib=peak, bar=BAR)


def behind_a_sink_that_stands_still(bench, transforms, seconds):
    """Standard output is a pipe that nobody reads for so long; then all of it is, and compared."""
    expected = bench.folder / "expected.out"
    bench.measure(bench.daemon(bench.pipeline("expected", transforms, expected)), bench.cpus, expected)
    reading, writing = os.pipe()
    same = []

    def read_late():
        time.sleep(seconds)
        with open(expected, "rb") as want, open(reading, "rb") as got:
            while True:
                block = got.read(1 << 20)
                if block != want.read(len(block) or 1):
                    same.append(False)
                if not block:
                    break

    reader = threading.Thread(target=read_late)
    reader.start()
    try:
        command = bench.daemon(bench.pipeline("still", transforms, "stdout"), "--memory-limit", MEMORY_LIMIT)
        held = os.dup(writing)
        closing = threading.Timer(0.5, os.close, [held])  # the child has its own by then
        os.close(writing)
        closing.start()
        run = bench.measure(command, bench.cpus, stdout=held)
    finally:
        closing.join()
        reader.join()
    expected.unlink()
    if same:
        raise Wrong("what came out behind a sink that stood still is not what a file sink got")
    return run.peak
