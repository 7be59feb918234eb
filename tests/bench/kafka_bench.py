"""A Kafka for the bench, its topics, and runs of plain librdkafka programs and of the daemon beside it."""

import collections
import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from isolation import cpu_clock
from measuring import HERE, ROOT, Wrong, compile_program
from services.kafka import Kafka

PARTITIONS = 4

# CPU seconds of the program, seconds, MiB, CPU seconds of the broker meanwhile, what the program has printed.
Run = collections.namedtuple("Run", "cpu wall peak broker said")


def librdkafka():
    """Flags for the compiler: the one that the daemon is linked with, see cmake/dependencies.cmake."""
    config = ["pkg-config", "--cflags", "--libs", "rdkafka"]
    if subprocess.run(["pkg-config", "--exists", "rdkafka >= 2.6.1"], check=False).returncode == 0:
        return subprocess.run(config, check=True, capture_output=True, text=True).stdout.split()
    made = subprocess.run([ROOT / "deploy/build-librdkafka", ROOT / "build/librdkafka"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return ["-isystem", f"{made}/include", f"{made}/lib/librdkafka.a",
            "-lssl", "-lcrypto", "-lz", "-lzstd", "-lpthread", "-ldl"]


class KafkaBench:
    """One broker on processors of its own, in memory; a program that is measured has the last processor alone."""

    def __init__(self, bench):
        self.bench = bench
        flags = librdkafka()
        self.loop = compile_program("kafka_loop", ["-lsimdjson", *flags])
        self.latency = compile_program("kafka_latency", flags)
        cpus = bench.cpus
        self.broker_cpus, self.prober_cpus, self.cpus = cpus[:-2] or cpus[:1], cpus[-2:][:1], cpus[-1:]
        self.names = itertools.count(1)
        self.folder = bench.folder / "kafka"
        # The quickest code that it can have, where tests want a quick start.
        self.kafka = Kafka(self.folder, listeners=["proxied"], heap="1g", java=["-XX:TieredStopAtLevel=4"], settings={
            "num.network.threads": 3, "num.io.threads": 4, "log.segment.bytes": 256 << 20})

    def __enter__(self):
        with self.only_on(self.broker_cpus):
            self.kafka.start()
        self.oracle = self.kafka.oracle
        self.servers = self.kafka.bootstrap()
        return self

    def __exit__(self, *_):
        self.kafka.close()

    @staticmethod
    @contextlib.contextmanager
    def only_on(cpus):
        """Of this process, for those that it starts."""
        all_of_them = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cpus)
        try:
            yield
        finally:
            os.sched_setaffinity(0, all_of_them)

    def name(self, what):
        return f"{what}-{next(self.names)}"

    @contextlib.contextmanager
    def topic(self, what, partitions=PARTITIONS):
        """For a while; its data goes at once."""
        topic = self.oracle.create_topic(self.name(what), partitions, config={"file.delete.delay.ms": "0"})
        try:
            yield topic
        finally:
            self.oracle.delete_topic(topic)

    def count(self, topic):
        """Records of a topic that no transaction wrote."""
        return sum(end - begin for begin, end in self.oracle.offsets(topic).values())

    def run(self, command, cpus=None):
        """One program; `said` is what it has printed, if it is one of ours."""
        said = self.bench.folder / "said"
        ours = command[0] in (self.loop, self.latency)
        clock = cpu_clock(self.kafka.brokers[0].pid)
        broker = time.clock_gettime(clock)
        with (said if ours else Path(os.devnull)).open("w") as stdout:
            run = self.bench.measure(command, cpus or self.cpus, stdout=stdout)
        broker = time.clock_gettime(clock) - broker
        return Run(*run, broker, json.loads(said.read_text()) if ours else {})

    def run_loop(self, work, topic, *more):
        return self.run([self.loop, work, self.servers, topic, *more])

    def read_loop(self, work, topic, *more, partitions=PARTITIONS):
        return self.run_loop(work, topic, partitions, *more)

    def digest(self, topic):
        """(records, bytes, sum) of what is in it, whatever its order."""
        said = self.read_loop("digest", topic).said
        return said["messages"], said["bytes"], said["sum"]

    def source(self, topic, form, **options):
        return {"type": "kafka", "bootstrap_servers": self.servers, "topic": topic, "group_id": self.name("group"),
                "auto_offset_reset": "earliest", "value_deserializer": form, "stop_at": "end"} | options

    def sink(self, topic, form, **options):
        return {"type": "kafka", "bootstrap_servers": self.servers, "topic": topic, "value_serializer": form} | options

    def daemon(self, source, sink, transforms=(), arguments=(), delivery="at_least_once"):
        """The command for a pipeline; JSON is YAML."""
        text = f"name: {self.name('pipeline')}\nsource: {json.dumps(source)}\nsink: {json.dumps(sink)}\n"
        text += f"delivery: {delivery}\ntransforms: [{', '.join(f'{{{each}}}' for each in transforms)}]\n"
        path = self.bench.folder / "kafka.yaml"
        path.write_text(text)
        return self.bench.daemon(path, *arguments)


def middle(runs):
    """The median of each figure."""
    return Run(*(statistics.median(column) for column in list(zip(*runs))[:-1]), runs[-1].said)


def bound(run, broker_cpus):
    """What such a run waits for."""
    if run.cpu / run.wall > 0.85:
        return "client"
    return "broker" if run.broker / run.wall > 0.85 * broker_cpus else "neither"
