"""Rows of CSV to NDJSON: beside a plain loop that splits, types and writes the same, and Arrow's streaming reader."""

import collections
import statistics
import subprocess
import sys

from measuring import Run, mark

SHARE_OF_LOOP = 0.70
LOOP_OF_ARROW = 0.50

# Arrow reads, types and drops; the loop writes, too.
ARROW = """
import sys
import pyarrow
from pyarrow import csv
types = {"id": pyarrow.int64(), "user_id": pyarrow.int64(), "amount": pyarrow.float64()}
for name in ("ts", "name", "email", "status", "note"):
    types[name] = pyarrow.string()
reader = csv.open_csv(
    sys.argv[1],
    read_options=csv.ReadOptions(use_threads=False, block_size=1 << 20),
    convert_options=csv.ConvertOptions(column_types=types),
)
print(sum(batch.num_rows for batch in reader))
"""


def has_arrow():
    return subprocess.run([sys.executable, "-c", "import pyarrow.csv"], capture_output=True, check=False).returncode == 0


def csv_rows(bench):
    source, ours, theirs = (bench.folder / name for name in ("orders.csv", "daemon.out", "loop.out"))
    subprocess.run([bench.orders, str(bench.size), source, "csv"], check=True)
    size = source.stat().st_size
    pipeline = bench.folder / "csv.yaml"
    pipeline.write_text(
        f"name: csv\nsource: {{uri: '{source}', csv: {{types: {{id: int, user_id: int, amount: double}}}}}}\n"
        f"sink: {{uri: '{ours}', format: ndjson, mode: overwrite}}\n"
    )
    cpu = bench.cpus[-1:]
    runners = {
        "loop": lambda: bench.measure([bench.csv_loop, source, theirs], cpu, theirs),
        "daemon": lambda: bench.measure(bench.daemon(pipeline), cpu, ours),
    }
    if has_arrow():
        runners["arrow"] = lambda: bench.measure([sys.executable, "-c", ARROW, source], cpu)
    runs = collections.defaultdict(list)
    for turn in range(bench.rounds):
        for who in sorted(runners, reverse=turn % 2 == 0):
            runs[who].append(runners[who]())
        if turn == 0:
            bench.check(ours, theirs)
    for path in (source, ours, theirs):
        path.unlink()
    middle = {who: Run(*(statistics.median(column) for column in zip(*runs[who]))) for who in runs}
    speed = {who: size / each.cpu / 1e6 for who, each in middle.items()}
    share = speed["daemon"] / speed["loop"]
    print(f"\nCSV to NDJSON on one core, {size / 1e6:,.0f} MB, MB per CPU s, median of {bench.rounds}")
    print(f"{'plain loop':34}{speed['loop']:8,.0f}")
    print(f"{'daemon':34}{speed['daemon']:8,.0f}{share:9.0%} of the loop, to reach {SHARE_OF_LOOP:.0%}{mark(share >= SHARE_OF_LOOP)}")
    bench.add(part="csv", loop_mb_per_cpu_s=speed["loop"], mb_per_cpu_s=speed["daemon"], share=share, bar=SHARE_OF_LOOP)
    if "arrow" not in speed:
        print("Arrow's streaming reader is not measured: this Python has no pyarrow")
        return
    share = speed["loop"] / speed["arrow"]
    print(f"{'Arrow, streaming, typed, not written':34}{speed['arrow']:8,.0f}"
          f"; the loop has {share:.0%} of it, to reach {LOOP_OF_ARROW:.0%}{mark(share >= LOOP_OF_ARROW)}")
    bench.add(part="csv_arrow", arrow_mb_per_cpu_s=speed["arrow"], share=share, bar=LOOP_OF_ARROW)
