"""One broker of Apache Kafka, which is its own controller or one of three (KRaft)."""

import re
import subprocess
from pathlib import Path

from e2e.tools import fetched
from services import jars, ports
from services.java_process import QUICK, JavaProcess
from services.listeners import Listeners

CLUSTER = "AAAAAAAAAAAAAAAAAAAAAQ"
LOG_LEVEL = "-Dorg.slf4j.simpleLogger.defaultLogLevel"
STARTED = "Kafka Server started"


def settings_of(brokers):
    """What is shared by all of so many: little memory, and nothing that waits for long."""
    replicas = min(brokers, 3)
    return {
        "auto.create.topics.enable": "false",
        "default.replication.factor": replicas,
        "min.insync.replicas": max(1, replicas - 1),
        "offsets.topic.replication.factor": replicas,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": replicas,
        "transaction.state.log.min.isr": max(1, replicas - 1),
        "transaction.state.log.num.partitions": 4,
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000,
        "share.coordinator.state.topic.replication.factor": replicas,
        "share.coordinator.state.topic.min.isr": max(1, replicas - 1),
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        # One that was killed is not let in again before it is over; one that is late on a busy machine is shut out.
        "broker.session.timeout.ms": 6000,
        "broker.heartbeat.interval.ms": 500,
        "replica.lag.time.max.ms": 6000,
        "log.cleaner.dedupe.buffer.size": 2 << 20,
        "log.cleaner.backoff.ms": 500,
        "log.retention.check.interval.ms": 1000,
        # Timestamps are made up.
        "log.retention.ms": -1,
        "num.network.threads": 2,
        "num.io.threads": 4,
    }


class Broker(JavaProcess):
    """Of a version, with a number, in a folder; its ports and its data stay the same when it is started again."""

    def __init__(self, folder, version, number, listeners, heap="256m", archive=None, java=()):
        self.folder = Path(folder)
        self.version = version
        self.number = number
        self.listeners = listeners
        self.controller_port = ports.take()
        self.properties = self.folder / f"broker-{number}.properties"
        self.classpath = jars.kafka(version)
        super().__init__(
            self.folder / f"broker-{number}.log",
            [*java, f"{LOG_LEVEL}=info", "-cp", self.classpath, "kafka.Kafka", str(self.properties)],
            heap=heap,
            archive=archive,
        )

    @property
    def voter(self):
        return f"{self.number}@127.0.0.1:{self.controller_port}"

    def configure(self, voters, settings, certificates=None):
        settings = settings | self.listeners.settings(certificates)
        settings["listeners"].append(f"CONTROLLER://127.0.0.1:{self.controller_port}")
        settings["listener.security.protocol.map"].append("CONTROLLER:PLAINTEXT")
        settings |= {
            "process.roles": "broker,controller",
            "node.id": self.number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "log.dirs": self.folder / f"broker-{self.number}",
        }
        lines = [
            f"{name}={','.join(value) if isinstance(value, list) else value}\n" for name, value in settings.items()
        ]
        self.properties.write_text("".join(lines))

    def begin_formatting(self):
        """Answers the process that does it."""
        return subprocess.Popen(
            ["java", *QUICK, "-Xmx96m", f"{LOG_LEVEL}=warn", "-cp", self.classpath,
             "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", self.properties],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def await_started(self):
        self.await_(lambda: STARTED in self.log(), f"broker {self.number} of Kafka {self.version}")

    def generations(self, group):
        """How often the members of a group have agreed on who has what, since this broker was first started."""
        text = self.log_path.read_text(errors="replace")
        return [int(number) for number in re.findall(rf"Stabilized group {re.escape(group)} generation (\d+) ", text)]


def archive(version):
    """Of the classes that a start takes: with it the next takes half the time."""

    def make(folder):
        broker = Broker(folder, version, 1, Listeners([]))
        broker.arguments.insert(0, f"-XX:ArchiveClassesAtExit={folder}/classes.jsa")
        broker.configure([broker.voter], settings_of(1))
        formatting = broker.begin_formatting()
        _, errors = formatting.communicate()
        assert formatting.returncode == 0, errors.decode()
        broker.start()
        try:
            broker.await_started()
            broker.stop()
        finally:
            broker.kill()

    return fetched(f"kafka-{version}-{jars.java()}", make) / "classes.jsa"
