"""What Kafka's own client (Apache's, in Java) does and sees: it is the judge of what ours did.

Offsets, ids and partitions are integers, keys and values bytes or None. What fails raises OracleError with the name
of Kafka's exception.
"""

import base64
import itertools
import json
import subprocess
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from services import jars
from services.java_process import JavaProcess
from services.server_process import PATIENCE

VERSION = "3.9.1"  # of the client; it speaks with older and newer brokers
COUNTER = itertools.count(1)


class OracleError(Exception):
    def __init__(self, name, message):
        super().__init__(f"{name}: {message}")
        self.name = name


@dataclass
class Record:
    """To be produced, or consumed."""

    value: bytes | None = None
    key: bytes | None = None
    headers: list = field(default_factory=list)  # of (name, bytes or None)
    timestamp: int | None = None  # milliseconds since 1970
    partition: int | None = None
    topic: str = ""
    offset: int = -1


class Ids:
    """A set of ids, in ranges [first, last]."""

    def __init__(self, ranges):
        self.ranges = ranges

    def __len__(self):
        return sum(last - first + 1 for first, last in self.ranges)

    def __iter__(self):
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __eq__(self, other):
        return isinstance(other, Ids) and self.ranges == other.ranges

    def __repr__(self):
        shown = ", ".join(f"{first}-{last}" for first, last in self.ranges[:20])
        return f"Ids({shown}{' ...' if len(self.ranges) > 20 else ''})"


def _encoded(value):
    return None if value is None else base64.b64encode(value).decode()


def _decoded(text):
    return None if text is None else base64.b64decode(text)


class Oracle(JavaProcess):
    """connection: more of the client's configuration, such as how to log in."""

    def __init__(self, folder, bootstrap, replicas=1, connection=None):
        classpath = jars.oracle(jars.kafka(VERSION))
        settings = [f"{name}={value}" for name, value in (connection or {}).items()]
        super().__init__(
            Path(folder) / f"oracle-{next(COUNTER)}.log",
            ["-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", classpath, "Oracle", bootstrap, *settings],
            heap="512m",
            talks=True,
        )
        self.replicas = replicas
        self._numbers = itertools.count(1)
        self._waiting = {}
        self._writing = threading.Lock()
        self._listener = None

    def start(self):
        super().start()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def _listen(self):
        with self.process.stdout as answers:
            for line in answers:
                answer = json.loads(line)
                future = self._waiting.pop(answer["number"])
                if "error" in answer:
                    future.set_exception(OracleError(answer["error"], answer["message"]))
                else:
                    future.set_result(answer["answer"])
        for future in list(self._waiting.values()):
            future.set_exception(OracleError("Ended", self.log()[-2000:]))

    def begin(self, what, **question):
        """Answers a Future; its attribute `number` is for stop()."""
        number = next(self._numbers)
        future = Future()
        future.number = number
        self._waiting[number] = future
        line = json.dumps({"number": number, "do": what, **{key: value for key, value in question.items() if value is not None}})
        with self._writing:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        return future

    def ask(self, what, seconds=2 * PATIENCE, **question):
        return self.begin(what, **question).result(seconds)

    def stop_early(self, future, seconds=PATIENCE):
        """Of begin_producing(), or begin(): answers what was done until now."""
        self.ask("stop", which=future.number)
        try:
            return future.result(seconds)
        except TimeoutError:
            threads = subprocess.run(["jstack", str(self.pid)], capture_output=True, text=True, check=False).stdout
            raise AssertionError(f"the oracle does not stop:\n{threads}") from None

    def close(self):
        if self.process is not None:
            self.kill()
            self.process.stdin.close()
            self._listener.join()

    # Topics

    def brokers(self):
        return self.ask("brokers")

    def await_brokers(self, count):
        self.await_(lambda: len(self.brokers()) == count, f"{count} brokers")

    def controller(self):
        return self.ask("controller")

    def topics(self):
        return self.ask("topics")

    def create_topic(self, topic, partitions=1, replicas=None, config=None):
        """config: `cleanup.policy`, `max.message.bytes` ..., for this topic."""
        self.ask("create_topic", topic=topic, partitions=partitions, replicas=replicas or self.replicas, config=config or {})
        return topic

    def delete_topic(self, topic):
        self.ask("delete_topic", topic=topic)

    def add_partitions(self, topic, partitions):
        """partitions: how many there are then."""
        self.ask("add_partitions", topic=topic, partitions=partitions)

    def configure(self, topic, config):
        self.ask("configure", topic=topic, config=config)

    def describe(self, topic):
        """For each partition {"partition", "leader", "replicas", "in_sync"}."""
        return self.ask("describe", topic=topic)

    def leader(self, topic, partition=0):
        return self.describe(topic)[partition]["leader"]

    def move_leader(self, topic, partition, broker):
        self.ask("move_leader", topic=topic, partition=partition, broker=broker)

    def offsets(self, topic, committed=False):
        """By partition: (first, the one after the last). committed: up to the first open transaction."""
        answer = self.ask("offsets", topic=topic, committed=committed)
        return {int(partition): tuple(pair) for partition, pair in answer.items()}

    def delete_records(self, topic, partition, before):
        """Answers the first offset there is then."""
        return self.ask("delete_records", topic=topic, partition=partition, before=before)

    # Who may

    def add_scram_user(self, user, password):
        self.ask("add_scram_user", user=user, password=password)

    def allow(self, user, operation, resource, name, allowed=True):
        """Such as allow("alice", "read", "topic", "orders"); allowed=False takes it back."""
        self.ask("allow", user=user, operation=operation, resource=resource, name=name, allowed=allowed)

    # Groups and transactions

    def groups(self):
        return self.ask("groups")

    def group(self, name):
        """{"state", "assignor", "coordinator", "members": [{"member", "instance", "client", "partitions"}]}."""
        return self.ask("group", group=name)

    def committed(self, group, topic):
        """By partition."""
        return {int(partition): offset for partition, offset in self.ask("committed", group=group).get(topic, {}).items()}

    def commit(self, group, topic, offsets):
        """Of a group that has no members."""
        self.ask("commit", group=group, topic=topic, offsets=offsets)

    def transactions(self):
        """State by transactional id."""
        return self.ask("transactions")

    # Records

    def produce(self, topic, records, config=None, transactional_id=None, abort=False):
        """Answers [partition, offset] of each. With a transactional id in one transaction."""
        sent = [
            {
                "value": _encoded(each.value),
                "key": _encoded(each.key),
                "headers": [[name, _encoded(value)] for name, value in each.headers],
                "timestamp": each.timestamp,
                "partition": each.partition,
            }
            for each in records
        ]
        return self.ask(
            "produce_records", topic=topic, records=sent, config=config or {}, transactional_id=transactional_id, abort=abort
        )

    def begin_producing(
        self, topic, first=1, count=1 << 62, bytes=0, keys=0, rate=0, partition=None,
        config=None, transactional_id=None, transaction=1000, abort_every=0,
    ):  # fmt: skip
        """Values {"id":17,"key":"k1","pad":"xxx"} of so many bytes, ids ascending; answers a Future of {"sent",
        "acknowledged", "aborted", "errors"}, for stop_early() or result().

        keys: how many different ones, id 17 of 4 has k1; 0: none. rate: records a second, 0: as fast as it goes.
        transaction: records in one; abort_every: of so many transactions the last is aborted.
        """
        return self.begin(
            "produce", topic=topic, first=first, count=count, bytes=bytes, keys=keys, rate=rate, partition=partition,
            config=config or {}, transactional_id=transactional_id, transaction=transaction, abort_every=abort_every,
        )  # fmt: skip

    def produce_ids(self, topic, count, seconds=2 * PATIENCE, **options):
        """begin_producing() until it is done, and all are acknowledged or aborted. Answers the acknowledged ids."""
        answer = self.begin_producing(topic, count=count, **options).result(seconds)
        acknowledged, aborted = Ids(answer["acknowledged"]), Ids(answer["aborted"])
        if answer["errors"] or len(acknowledged) + len(aborted) != count:
            raise OracleError("NotAcknowledged", answer["errors"])
        return acknowledged

    def begin_consuming(self, *topics, committed=True, at_least=0, seconds=2 * PATIENCE, count_ids=False, file=None):
        """All records up to the present end, and on until there are so many. committed: of transactions only those."""
        return self.begin(
            "consume", topics=topics, committed=committed, at_least=at_least, seconds=seconds, count_ids=count_ids, file=file
        )

    def consume(self, *topics, seconds=PATIENCE, **options):
        """The records; options: see begin_consuming()."""
        return [
            Record(
                _decoded(each["value"]),
                _decoded(each["key"]),
                [(name, _decoded(value)) for name, value in each["headers"]],
                each["timestamp"],
                each["partition"],
                each["topic"],
                each["offset"],
            )
            for each in self.begin_consuming(*topics, seconds=seconds, **options).result(seconds + PATIENCE)
        ]

    def count_ids(self, *topics, seconds=2 * PATIENCE, **options):
        """{"records", "ids": Ids, "without_id", "repeated", "out_of_order", "misplaced", "partitions"}.

        ids: the different ones. out_of_order: of a key (without one: of a partition), what came first after a higher
        one; repeated ones do not count. misplaced: a key in more than one partition.
        """
        answer = self.begin_consuming(*topics, seconds=seconds, count_ids=True, **options).result(seconds + PATIENCE)
        answer["ids"] = Ids(answer["ids"])
        answer["partitions"] = {int(partition): count for partition, count in answer["partitions"].items()}
        return answer

    def consume_into(self, file, *topics, seconds=2 * PATIENCE, **options):
        """Writes the values, a line each; `null` for none. Answers how many there were."""
        return self.begin_consuming(*topics, seconds=seconds, file=str(file), **options).result(seconds + PATIENCE)
