"""Kafka: peak memory with much more data than memory, into nowhere, into Kafka, and into one that stands still."""

import concurrent.futures
import subprocess
import time

from measuring import REBUILT, Wrong, mark

LIMIT = "96MiB"
BAR = 128  # MiB
PARTITIONS = 12
PATIENCE = 300  # seconds


def kafka_memory(kafka, stands_still):
    """Prints this part's table and adds its figures; `stands_still` in seconds."""
    bench = kafka.bench
    file = bench.folder / "messages.ndjson"
    for title, form in (("200 B", []), ("1 KB", ["items"])):
        subprocess.run([bench.orders, str(bench.size), file, *form], check=True)
        with kafka.topic("from", PARTITIONS) as topic:
            records = kafka.run_loop("write", topic, file).said["messages"]
            print(f"\nKafka, {title}: peak memory on {len(bench.cpus)} cores with memory_limit {LIMIT}, "
                  f"{file.stat().st_size / 1e6:,.0f} MB in {PARTITIONS} partitions")
            print(f"{'':60}{'MiB':>8}{'at most':>9}")
            into_nowhere = {"type": "discard"}
            show(kafka, title, "bytes, discarded", peak(kafka, topic, "bytes", into_nowhere))
            show(kafka, title, "json, touched and discarded",
                 peak(kafka, topic, "json", into_nowhere | {"touch": "all"}))
            for what, form, transforms, more in (
                    ("bytes, into Kafka", "bytes", [], {}),
                    ("json, filter, set, drop, into Kafka", "json", REBUILT, {}),
                    ("bytes, into Kafka exactly once", "bytes", [], {"delivery": "exactly_once"})):
                with kafka.topic("to", PARTITIONS) as to:
                    show(kafka, title, what, peak(kafka, topic, form, kafka.sink(to, form), transforms, **more))
            for what, form, transforms in (
                    ("bytes, into Kafka, which stands still", "bytes", []),
                    ("json, filter, set, drop, into Kafka, which stands still", "json", REBUILT)):
                with kafka.topic("to", PARTITIONS) as to:
                    most = behind_a_stall(kafka, topic, form, transforms, to, stands_still)
                    show(kafka, title, f"{what} for {stands_still} s", most)
                    if kafka.count(to) != records:
                        raise Wrong(f"{what}: {kafka.count(to):,} of {records:,} records were written")
        file.unlink()


def show(kafka, size, title, peak):
    print(f"{title:60}{peak:8.0f}{BAR:9}{mark(peak < BAR)}")
    kafka.bench.add(part="kafka memory", work=f"{size}: {title}", peak_mib=peak, bar=BAR)


def peak(kafka, topic, form, sink, transforms=(), **more):
    command = kafka.daemon(kafka.source(topic, form), sink, transforms, ["--memory-limit", LIMIT], **more)
    return kafka.run(command, kafka.bench.cpus).peak


def behind_a_stall(kafka, topic, form, transforms, to, seconds):
    """What is written goes through a proxy that stops for so long in the midst of it."""
    (proxy,) = kafka.kafka.proxies
    sink = kafka.sink(to, form, bootstrap_servers=kafka.kafka.bootstrap("proxied"))
    passed = proxy.passed
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        run = pool.submit(peak, kafka, topic, form, sink, transforms)
        deadline = time.monotonic() + PATIENCE
        while proxy.passed < passed + kafka.bench.size / 10 and not run.done() and time.monotonic() < deadline:
            time.sleep(0.01)
        if run.done():
            raise Wrong(f"it was over before it stood still; {run.result()}")
        proxy.stall()
        time.sleep(seconds)
        proxy.go_on()
        return run.result()
