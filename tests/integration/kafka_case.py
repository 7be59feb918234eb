"""Pipelines of the built program with a real Kafka at one end or both."""

import json
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from e2e.launch import Run, write_pipeline
from services.kafka import Kafka

PATIENCE = 60  # seconds; nothing here should take a third of it
CROSSED = 1000  # records, before, during and after a fault


class KafkaCase(unittest.TestCase):
    """One Kafka for all tests of a class; topics and groups have the name of the test.

    program: the binary; options: what Kafka is made with; login: what each pipeline says of itself.
    """

    program = ""
    options = {}
    login = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-kafka-")
        cls.addClassCleanup(folder.cleanup)
        cls.kafka = Kafka(folder.name, **cls.options)
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.start()
        cls.oracle = cls.kafka.oracle

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-kafka-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "out.ndjson"
        self.name = self.id().rsplit(".", 1)[1]

    def create_topic(self, suffix="", **options):
        return self.oracle.create_topic(self.name + suffix, **options)

    def source(self, topic=None, listener="plain", **options):
        """YAML of a source; options as they are, in place of these."""
        settings = {
            "type": "kafka",
            "bootstrap_servers": self.kafka.bootstrap(listener).split(","),
            "topic": topic or self.name,
            "group_id": self.name,
            "auto_offset_reset": "earliest",
        }
        settings |= self.login
        return json.dumps({key: value for key, value in (settings | options).items() if value is not None})

    def sink(self, topic=None, listener="plain", **options):
        settings = {"type": "kafka", "bootstrap_servers": self.kafka.bootstrap(listener).split(","), "topic": topic or self.name}
        return json.dumps(settings | self.login | options)

    def pipeline(self, source, sink="out.ndjson", more="", name="pipeline"):
        return write_pipeline(self.folder, f"source: {source}\nsink: {sink}\n{more}\n", name)

    def start(self, *files, folder=None, **options):
        """folder: of its own, for another daemon beside the first."""
        started = Run(self.program, folder or self.folder, *files, **options)
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    def run_to_end(self, *files, **options):
        done = self.start(*files, **options).wait(PATIENCE)
        self.assertEqual(done.status, 0, done.messages)
        return done

    def stop(self, started):
        """As a service manager does. Answers what the run says at its end."""
        started.process.terminate()
        done = started.wait(PATIENCE)
        self.assertEqual(done.status, 0, done.messages)
        return done

    def wait_for(self, condition, *started, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            said = "\n".join(each.messages() for each in started)
            self.assertLess(time.monotonic(), deadline, f"it did not happen:\n{said}")
            for each in started:
                self.assertTrue(each.running(), f"the run has ended:\n{said}")
            time.sleep(0.02)

    def lines(self, path=None):
        """Of a file of output, as far as they are whole."""
        path = path or self.out
        content = path.read_bytes() if path.exists() else b""
        return [json.loads(line) for line in content[: content.rfind(b"\n") + 1].splitlines()]

    def ids(self, path=None):
        return [each["id"] for each in self.lines(path)]

    def count(self, path=None):
        path = path or self.out
        return path.read_bytes().count(b"\n") if path.exists() else 0

    def await_more(self, *started, path=None, more=CROSSED):
        wanted = self.count(path) + more
        self.wait_for(lambda: self.count(path) >= wanted, *started)

    def lag(self, topic=None, group=None):
        """Records that the group has not committed."""
        topic = topic or self.name
        committed = self.oracle.committed(group or self.name, topic)
        return sum(end - committed.get(partition, begin) for partition, (begin, end) in self.oracle.offsets(topic).items())

    def assert_each_once(self, found, expected):
        """Ids in any order: none is missing, none is there twice, none came from nowhere."""
        self.assert_none_missing(found, expected)
        self.assertEqual(len(found), len(set(found)), "repeated")

    def assert_none_missing(self, found, expected):
        expected = set(expected)
        missing = sorted(expected - set(found))
        self.assertFalse(missing, f"{len(missing)} are missing, such as {missing[:10]}")
        strange = sorted(set(found) - expected)
        self.assertFalse(strange, f"{len(strange)} came from nowhere, such as {strange[:10]}")

    def assert_ordered(self, records):
        """By key: what was there for the first time came after all lower ids."""
        newest, seen = {}, set()
        for record in records:
            key, number = record["key"], record["id"]
            if number not in seen:
                self.assertGreater(number, newest.get(key, -1), f"key {key} is out of order")
                newest[key] = number
                seen.add(number)
