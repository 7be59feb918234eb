"""Kafka: how long a message is under way from topic to topic, beside a plain librdkafka program in its place."""

import signal
import statistics
import subprocess

from measuring import Wrong

RATE = 10_000  # messages a second
FOREVER = 1 << 30  # partitions whose end the plain program waits for


def kafka_latency(kafka, seconds):
    """Prints this part's table and adds its figures; so many seconds are looked at each time."""
    took = {"nothing: the same topic": [], "a plain program": [], "the daemon": [], "the daemon, exactly once": []}
    for turn in range(max(1, kafka.bench.rounds // 2)):
        for who in sorted(took, reverse=turn % 2 == 1):
            took[who].append(once(kafka, who, seconds))
    print(f"\nKafka, {RATE:,} messages of 200 B a second from topic to topic, ms; the one between has a core of its own, "
          f"those who\nwrite and read another; {len(took['the daemon'])} times {seconds} s, the medians")
    print(f"{'between the topics':33}{'p50':>9}{'p99':>9}{'longest':>9}")
    for who, runs in took.items():
        said = {name: statistics.median(run[name] for run in runs) for name in ("p50", "p99", "longest")}
        print(f"{who:33}{said['p50']:9.2f}{said['p99']:9.2f}{said['longest']:9.2f}")
        kafka.bench.add(part="kafka latency", work=who, **{f"{name}_ms": value for name, value in said.items()})


def once(kafka, who, seconds):
    with kafka.topic("from") as source, kafka.topic("to") as to:
        if who.startswith("nothing"):
            return ask(kafka, source, source, seconds)
        if who == "a plain program":
            command = [kafka.loop, "pass", kafka.servers, source, FOREVER, to]
        else:
            more = {"delivery": "exactly_once"} if who.endswith("once") else {}
            command = kafka.daemon(kafka.source(source, "bytes", stop_at="never"), kafka.sink(to, "bytes"), **more)
        with kafka.only_on(kafka.cpus):
            process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            said = ask(kafka, source, to, seconds)
            if process.poll() is not None:
                raise Wrong(f"{who} has ended with {process.returncode}\n{process.stderr.read()}")
            return said
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def ask(kafka, source, to, seconds):
    said = kafka.run([kafka.latency, kafka.servers, source, to, RATE, seconds], kafka.prober_cpus).said
    wanted = RATE * seconds
    if abs(said["messages"] - wanted) > wanted / 10:
        raise Wrong(f"of {wanted:,} messages {said['messages']:,} came")
    return said
