"""Kafka: reading, and copying from topic to topic, beside plain librdkafka programs of the same settings in the same
run, and those beside kcat."""

import collections
import shutil
import subprocess

from kafka_bench import PARTITIONS, bound, middle
from measuring import REBUILT, Wrong, mark

PAID = ["filter: record.status == 'paid'", *REBUILT[1:]]
# what it is, the program's work, format, discard's touch or None for a topic, transforms, the program that it is
# compared to, wanted share of that one's speed
WORKS = [
    ("read bytes, discard them", "read", "bytes", "none", [], "read", 0.90),
    ("read json, touch all of it", "touch", "json", "all", [], "touch", 0.75),
    ("topic to topic, bytes", "pass", "bytes", None, [], "pass", 0.80),
    ("filter, set, drop; a third kept", "third", "json", None, PAID, "pass", 0.60),
    ("filter, set, drop; all kept", "all", "json", None, REBUILT, "pass", 0.60),
]
EXACTLY_ONCE_BAR = 0.60  # of at least once
FLUENT_BIT = 9.0  # CPU microseconds a record of such a job, as measured elsewhere
KCAT_BAR = 0.90
SHORT, LONG = "200 B", "1 KB"


class Speed:
    """One size of messages: a topic is filled, and all works are done on it."""

    def __init__(self, kafka, title, topic, records, size):
        self.kafka, self.title, self.topic, self.records, self.size = kafka, title, topic, records, size
        self.bench = kafka.bench
        self.digests = {}
        self.runs = collections.defaultdict(list)

    def check(self, work, who, to, run):
        """Whoever does a work first says what comes of it."""
        if who == "loop" and run.said["messages"] != self.records and work in ("read", "touch", "pass"):
            raise Wrong(f"{work}: the loop has read {run.said['messages']:,} of {self.records:,}")
        if to is None:
            return
        digest = self.kafka.digest(to)
        if self.digests.setdefault(work, digest) != digest:
            raise Wrong(f"{work}: {who} has written {digest}, another {self.digests[work]} (records, bytes, sum)")

    def measure(self, work, who, form, touch, transforms, first, **more):
        """Of a work by the loop or the daemon; checked the first time."""
        if touch is not None:
            command = self.command(work, who, form, {"type": "discard", "touch": touch}, transforms)
            run = self.kafka.run(command)
            self.runs[work, who].append(run)
            if first:
                self.check(work, who, None, run)
            return
        with self.kafka.topic("to") as to:
            command = self.command(work, who, form, self.kafka.sink(to, form), transforms, to, **more)
            run = self.kafka.run(command)
            self.runs[work, who].append(run)
            if first:
                self.check(work, who, to, run)

    def command(self, work, who, form, sink, transforms, *to, **more):
        if who == "loop":
            return [self.kafka.loop, work, self.kafka.servers, self.topic, PARTITIONS, *to]
        return self.kafka.daemon(self.kafka.source(self.topic, form), sink, transforms, **more)

    def all(self):
        for turn in range(self.bench.rounds):
            for _, work, form, touch, transforms, _, _ in WORKS:
                for who in sorted(("loop", "daemon"), reverse=turn % 2 == 0):
                    self.measure(work, who, form, touch, transforms, turn == 0)
            self.measure("pass", "exactly once", "bytes", None, [], turn == 0, delivery="exactly_once")
        self.show()

    def show(self):
        middles = {key: middle(runs) for key, runs in self.runs.items()}
        cores = len(self.kafka.broker_cpus)
        print(f"\nKafka, {self.title}: {self.records:,} messages, {self.size / 1e6:,.0f} MB in {PARTITIONS} partitions, "
              f"median of {self.bench.rounds};\na program has one core, the broker {cores} others; "
              "which of the two is busy all the time: b(roker), c(lient), n(either)")
        print(f"{'':33}{'CPU us a record':>24}{'1000 records/s':>19}{'share of the loop':>21}{'to':>6}")
        print(f"{'':33}{'loop':>8}{'daemon':>8}{'broker':>8}{'loop':>9}{'daemon':>10}{'work':>8}{'CPU':>6}{'time':>7}{'reach':>6}")
        for title, work, _, _, _, beside, bar in WORKS:
            self.row(title, middles[work, "daemon"], middles[beside, "loop"], beside, bar)
            if beside != work:
                self.row("   beside a loop that does the same", middles[work, "daemon"], middles[work, "loop"], work)
        once, least = middles["pass", "exactly once"], middles["pass", "daemon"]
        share = least.wall / once.wall
        print(f"exactly once, topic to topic, bytes: {self.records / once.wall / 1e3:,.0f} thousand records/s, "
              f"{self.micro(once.cpu):.2f} CPU us a record; {share:.0%} of at least once, "
              f"to reach {EXACTLY_ONCE_BAR:.0%}{mark(share >= EXACTLY_ONCE_BAR)}")
        self.bench.add(part="kafka", work=f"{self.title}: exactly once", records_per_s=self.records / once.wall,
                       cpu_us=self.micro(once.cpu), share=share, cpu_share=least.cpu / once.cpu, bar=EXACTLY_ONCE_BAR)
        if self.title == SHORT:
            self.beside_fluent_bit([self.micro(middles[work, "daemon"].cpu) for work in ("third", "all")])

    def beside_fluent_bit(self, took):
        most = FLUENT_BIT / 3
        print(f"filter, set, drop: {took[0]:.2f} and {took[1]:.2f} CPU us a record, where Fluent Bit took {FLUENT_BIT:.0f} "
              f"on a machine like this; to be under {most:.0f}{mark(max(took) < most)}")
        self.bench.add(part="kafka", work="beside Fluent Bit", third_cpu_us=took[0], all_cpu_us=took[1], bar=most)

    def micro(self, seconds):
        return seconds / self.records * 1e6

    def row(self, title, ours, loop, beside, bar=None):
        cores = len(self.kafka.broker_cpus)
        cpu, wall = loop.cpu / ours.cpu, loop.wall / ours.wall
        speeds = "".join(f"{self.records / run.wall / 1e3:{width},.0f}{bound(run, cores)[0]}"
                         for run, width in ((loop, 8), (ours, 9)))
        print(f"{title:33}{self.micro(loop.cpu):8.2f}{self.micro(ours.cpu):8.2f}{self.micro(ours.broker):8.2f}{speeds}"
              f"{beside:>8}{cpu:6.0%}{wall:7.0%}" + (f"{bar:6.0%}{mark(cpu >= bar)}" if bar else ""))
        self.bench.add(part="kafka", work=f"{self.title}: {title.strip()}", beside=beside, loop_cpu_us=self.micro(loop.cpu),
                       cpu_us=self.micro(ours.cpu), broker_cpu_us=self.micro(ours.broker),
                       loop_records_per_s=self.records / loop.wall, records_per_s=self.records / ours.wall,
                       loop_bound=bound(loop, cores), bound=bound(ours, cores), peak_mib=ours.peak,
                       share=cpu, wall_share=wall, **({"bar": bar} if bar else {}))

    def beside_kcat(self, file):
        """The loops are what they say: as quick as a known program."""
        if shutil.which("kcat") is None:
            print("kcat, which the loops are to be compared to, is not installed")
            return
        read = ["-X", "queued.max.messages.kbytes=43690"]
        written = ["-X", "enable.idempotence=true", "-X", "linger.ms=5", "-X", "batch.size=1000000",
                   "-X", "queue.buffering.max.kbytes=43690", "-X", "queue.buffering.max.messages=0"]
        for turn in range(self.bench.rounds):
            for who in sorted(("loop", "kcat"), reverse=turn % 2 == 0):
                command = ["kcat", "-C", "-b", self.kafka.servers, "-t", self.topic, "-e", "-q", "-o", "beginning", *read]
                if who == "loop":
                    command = [self.kafka.loop, "read", self.kafka.servers, self.topic, PARTITIONS]
                self.runs["kcat reads", who].append(self.kafka.run(command))
                with self.kafka.topic("to") as to:
                    command = ["kcat", "-P", "-b", self.kafka.servers, "-t", to, *written, "-l", file]
                    if who == "loop":
                        command = [self.kafka.loop, "write", self.kafka.servers, to, file]
                    self.runs["kcat writes", who].append(self.kafka.run(command))
                    if turn == 0 and self.kafka.count(to) != self.records:
                        raise Wrong(f"{who} has written {self.kafka.count(to):,} of {self.records:,}")
        for work in ("kcat reads", "kcat writes"):
            loop, kcat = middle(self.runs[work, "loop"]), middle(self.runs[work, "kcat"])
            share = kcat.cpu / loop.cpu
            print(f"{work}: {self.micro(kcat.cpu):.2f} CPU us a record, the loop {self.micro(loop.cpu):.2f}; the loop has "
                  f"{share:.0%} of its speed (by time {kcat.wall / loop.wall:.0%}), to reach {KCAT_BAR:.0%}"
                  f"{mark(share >= KCAT_BAR)}")
            self.bench.add(part="kafka", work=f"{self.title}: {work}", kcat_cpu_us=self.micro(kcat.cpu),
                           loop_cpu_us=self.micro(loop.cpu), share=share, wall_share=kcat.wall / loop.wall, bar=KCAT_BAR)


def kafka_speed(kafka):
    """Prints this part's tables and adds its figures."""
    bench = kafka.bench
    for title, form in ((LONG, ["items"]), (SHORT, [])):
        file = bench.folder / "messages.ndjson"
        subprocess.run([bench.orders, str(bench.size), file, *form], check=True)
        with kafka.topic("from") as topic:
            records = kafka.run_loop("write", topic, file).said["messages"]
            kafka.read_loop("read", topic)  # the first group takes the broker some seconds
            speed = Speed(kafka, title, topic, records, file.stat().st_size)
            speed.all()
            speed.beside_kcat(file)
        file.unlink()
