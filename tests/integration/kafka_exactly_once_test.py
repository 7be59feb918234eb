#!/usr/bin/env python3
"""From Kafka to Kafka, exactly once: what a reader of committed records sees, each id once and in order of its key.

    kafka_exactly_once_test.py BINARY [unittest's arguments]
"""

import json
import random
import signal
import sys
import time
import unittest

from kafka_case import CROSSED, KafkaCase
from services.oracle import Record

SESSION = {"session_timeout_ms": 6000, "heartbeat_interval_ms": 1000}
SHORT = {"transaction_ms": 50, "transaction_records": 2000}


class ExactlyOnceCase(KafkaCase):
    def begin(self, partitions=4, rate=5000, **options):
        """Records come, and one daemon copies them."""
        self.topic = self.create_topic(partitions=partitions)
        self.copy = self.create_topic("-copy", partitions=partitions)
        self.producing = self.oracle.begin_producing(self.topic, keys=97, bytes=100, rate=rate)
        self.daemon = self.start_daemon("one", **options)
        self.await_copied(self.daemon)

    def start_daemon(self, name, more="", sink=None, **source):
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        into = self.sink(self.copy, key_field="key", **(SHORT | (sink or {})))
        pipeline = self.pipeline(self.source(self.topic, **(SESSION | source)), into, f"delivery: exactly_once\n{more}", name=name)
        return self.start(pipeline, folder=folder)

    def copied(self):
        return sum(end - begin for begin, end in self.oracle.offsets(self.copy, committed=True).values())

    def await_copied(self, *daemons, more=CROSSED):
        wanted = self.copied() + more
        self.wait_for(lambda: self.copied() >= wanted, *daemons)

    def finish(self, *left):
        """Stops who is left when all that came is committed, and counts what a reader of committed records sees."""
        sent = self.oracle.stop_early(self.producing)
        self.assertEqual(sent["errors"], {})
        self.wait_for(lambda: self.lag(self.topic) == 0, *left)
        for daemon in left:
            self.stop(daemon)
        # One that was killed may have left a transaction open, behind which nothing is seen until it times out.
        self.wait_for(lambda: self.oracle.offsets(self.copy, committed=True) == self.oracle.offsets(self.copy))
        counted = self.oracle.count_ids(self.copy, committed=True)
        self.assertEqual(list(counted["ids"].ranges), [[1, sent["sent"]]])
        self.assertEqual((counted["repeated"], counted["out_of_order"], counted["misplaced"]), (0, 0, 0))
        return sent["sent"]


class ExactlyOnceTest(ExactlyOnceCase):
    def test_killed_at_any_moment(self):
        dice = random.Random(1)
        self.begin(instance_id="one")
        for _ in range(8):
            self.await_copied(self.daemon)
            time.sleep(dice.random() * 0.2)  # the moment is what is tried
            self.assertTrue(self.daemon.kill())
            self.daemon = self.start_daemon("one", instance_id="one")
        self.finish(self.daemon)

    def test_stopped_past_its_session_and_continued(self):
        self.begin()
        other = self.start_daemon("two")
        self.wait_for(lambda: len(self.oracle.group(self.name)["members"]) == 2, self.daemon, other)
        self.await_copied(self.daemon, other)
        self.daemon.process.send_signal(signal.SIGSTOP)
        self.wait_for(lambda: len(self.oracle.group(self.name)["members"]) == 1, other)
        self.await_copied(other)
        self.daemon.process.send_signal(signal.SIGCONT)
        self.wait_for(lambda: len(self.oracle.group(self.name)["members"]) == 2, self.daemon, other)
        self.await_copied(self.daemon, other)
        self.finish(self.daemon, other)

    def test_a_transaction_that_brokers_gave_up_is_no_end(self):
        self.begin(sink={"transactional_id": "slow"})
        told = "the brokers gave a transaction up that had been open for"
        for _ in range(5):  # between two transactions there is none to be given up
            self.daemon.process.send_signal(signal.SIGSTOP)
            if self.oracle.transactions().get("slow") == "Ongoing":
                self.wait_for(lambda: self.oracle.transactions().get("slow") != "Ongoing")
            self.daemon.process.send_signal(signal.SIGCONT)
            self.await_copied(self.daemon)
            if told in self.daemon.messages():
                break
        self.assertIn(told, self.daemon.messages())
        self.finish(self.daemon)

    def test_daemons_come_and_go(self):
        self.begin()
        daemons = [self.daemon]
        for name in ("two", "three"):
            daemons.append(self.start_daemon(name))
            self.wait_for(lambda: len(self.oracle.group(self.name)["members"]) == len(daemons), *daemons)
            self.await_copied(*daemons)
        self.stop(daemons.pop(0))
        self.await_copied(*daemons)
        self.assertTrue(daemons.pop(0).kill())
        self.await_copied(*daemons)
        self.finish(*daemons)

    def test_the_earlier_of_two_with_one_name_is_stopped(self):
        self.begin(sink={"transactional_id": "both"})
        other = self.start_daemon("two", sink={"transactional_id": "both"})
        done = self.daemon.wait(60)
        self.assertEqual(done.status, 1, done.messages)
        self.assertIn("another daemon writes with this transactional_id: stop one, or give each its own", done.messages)
        self.await_copied(other)
        self.finish(other)

    def test_a_transaction_that_is_left_open_is_ended_by_who_comes_next(self):
        others = self.oracle.transactions()
        late = {"kafka_config": {"transaction.timeout.ms": "60000"}}
        self.begin(instance_id="one", sink=late)
        self.assertTrue(self.daemon.kill())
        self.daemon = self.start_daemon("one", instance_id="one", sink=late)
        self.wait_for(lambda: self.copied() >= CROSSED, self.daemon, seconds=20)
        self.await_copied(self.daemon)
        self.assertEqual(len(self.oracle.transactions()), len(others) + 1)
        self.finish(self.daemon)

    def test_what_is_filtered_is_not_read_again(self):
        self.topic = self.create_topic()
        self.copy = self.create_topic("-copy")
        self.oracle.produce_ids(self.topic, 3000, keys=5)
        daemon = self.start_daemon("one", "transforms: [filter: record.id <= 10]")
        self.wait_for(lambda: self.lag(self.topic) == 0, daemon)
        self.stop(daemon)
        self.assertEqual(self.oracle.count_ids(self.copy)["records"], 10)

    def test_a_record_that_is_refused_takes_none_along(self):
        self.topic = self.create_topic(partitions=2)
        self.copy = self.create_topic("-copy", partitions=2, config={"max.message.bytes": "20000"})
        self.oracle.produce_ids(self.topic, 2000, keys=10)
        long = json.dumps({"id": 2001, "key": "k1", "pad": "x" * 50_000}).encode()
        self.oracle.produce(self.topic, [Record(long, b"k1")])
        self.oracle.produce_ids(self.topic, 2000, first=2002, keys=10)
        letters = self.folder / "letters.ndjson"
        daemon = self.start_daemon("one", f"on_error: {{dead_letter: {letters}}}")
        self.wait_for(lambda: self.lag(self.topic) == 0, daemon)
        self.stop(daemon)
        counted = self.oracle.count_ids(self.copy)
        self.assertEqual((counted["records"], counted["repeated"], counted["out_of_order"]), (4000, 0, 0))
        found = self.lines(letters)
        self.assertEqual([json.loads(each["original"])["id"] for each in found], [2001])
        self.assertIn("raise the topic's max.message.bytes", found[0]["error"]["message"])


class ThreeBrokersTest(ExactlyOnceCase):
    options = {"brokers": 3}

    def test_the_coordinator_of_the_transaction_dies(self):
        self.begin()
        partition = 0
        for partition in range(4):
            dying = self.kafka.brokers[self.oracle.leader("__transaction_state", partition) - 1]
            if dying.kill():
                self.await_copied(self.daemon)
                dying.start()
                self.kafka.await_started()
            self.await_copied(self.daemon)
        self.finish(self.daemon)

    def test_the_coordinator_of_the_group_dies(self):
        self.begin()
        dying = self.kafka.brokers[self.oracle.group(self.name)["coordinator"] - 1]
        self.assertTrue(dying.kill())
        self.await_copied(self.daemon)
        dying.start()
        self.kafka.await_started()
        self.await_copied(self.daemon)
        self.finish(self.daemon)


class OnThreeBrokersTest(ExactlyOnceTest):
    """All of the above, where every partition has three replicas."""

    options = {"brokers": 3}


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
