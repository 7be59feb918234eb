#!/usr/bin/env python3
"""Three daemons share the partitions of a topic: one goes, politely or not, and the others take over.

    kafka_group_test.py BINARY [unittest's arguments]
"""

import sys
import unittest

from kafka_case import CROSSED, KafkaCase

PARTITIONS = 12
DAEMONS = 3


class GroupTest(KafkaCase):
    def start_daemons(self, **options):
        self.topic = self.create_topic(partitions=PARTITIONS)
        self.producing = self.oracle.begin_producing(self.topic, keys=120, rate=3000, bytes=100)
        self.daemons = []
        for number in range(DAEMONS):
            folder = self.folder / f"daemon-{number}"
            folder.mkdir()
            pipeline = self.pipeline(self.source(**options), folder / "out.ndjson", name=f"pipeline-{number}")
            self.daemons.append(self.start(pipeline, folder=folder))
        self.wait_for(lambda: self.shares() == [4, 4, 4], *self.daemons)
        self.await_all_more(self.daemons)

    def shares(self):
        """How many partitions each member has."""
        members = self.oracle.group(self.name)["members"]
        return sorted(sum(map(len, each["partitions"].values())) for each in members)

    def outputs(self):
        return [daemon.folder / "out.ndjson" for daemon in self.daemons]

    def await_all_more(self, daemons):
        wanted = [self.count(daemon.folder / "out.ndjson") + CROSSED for daemon in daemons]
        self.wait_for(
            lambda: all(self.count(daemon.folder / "out.ndjson") >= count for daemon, count in zip(daemons, wanted)), *daemons
        )

    def finish(self, left):
        """Stops who is left when all is read. Answers the ids that were acknowledged, and what the outputs hold."""
        sent = self.oracle.stop_early(self.producing)
        self.assertEqual(sent["errors"], {})
        self.wait_for(lambda: self.lag() == 0, *left)
        for daemon in left:
            self.stop(daemon)
        return range(1, sent["sent"] + 1), [self.lines(path) for path in self.outputs()]

    def check_keys(self, outputs):
        for lines in outputs:
            self.assert_ordered(lines)

    def test_one_is_stopped(self):
        self.start_daemons()
        leaving, *left = self.daemons
        self.stop(leaving)
        self.wait_for(lambda: self.shares() == [6, 6], *left)
        self.await_all_more(left)
        expected, outputs = self.finish(left)
        self.assert_each_once([each["id"] for lines in outputs for each in lines], expected)
        self.check_keys(outputs)

    def test_one_comes(self):
        self.start_daemons()
        folder = self.folder / "daemon-3"
        folder.mkdir()
        pipeline = self.pipeline(self.source(), folder / "out.ndjson", name="pipeline-3")
        self.daemons.append(self.start(pipeline, folder=folder))
        self.wait_for(lambda: self.shares() == [3, 3, 3, 3], *self.daemons)
        self.await_all_more(self.daemons)
        expected, outputs = self.finish(self.daemons)
        self.assert_each_once([each["id"] for lines in outputs for each in lines], expected)
        self.check_keys(outputs)

    def check_a_kill(self, **options):
        self.start_daemons(session_timeout_ms=3000, heartbeat_interval_ms=500, **options)
        dying, *left = self.daemons
        self.assertTrue(dying.kill())
        self.wait_for(lambda: self.shares() == [6, 6], *left)
        self.await_all_more(left)
        expected, outputs = self.finish(left)
        found = [each["id"] for lines in outputs for each in lines]
        self.assert_none_missing(found, expected)
        # What the dead one had written and not committed, which it does every second or so.
        self.assertLess(len(found) - len(expected), 5 * 3000)
        self.check_keys(outputs)

    def test_one_is_killed(self):
        self.check_a_kill()

    def test_one_is_killed_where_partitions_stay_put(self):
        self.check_a_kill(kafka_config={"partition.assignment.strategy": "cooperative-sticky"})

    def test_one_is_stopped_where_partitions_stay_put(self):
        self.start_daemons(kafka_config={"partition.assignment.strategy": "cooperative-sticky"})
        leaving, *left = self.daemons
        self.stop(leaving)
        self.wait_for(lambda: self.shares() == [6, 6], *left)
        self.await_all_more(left)
        expected, outputs = self.finish(left)
        self.assert_each_once([each["id"] for lines in outputs for each in lines], expected)
        self.check_keys(outputs)

    def test_one_with_a_name_of_its_own_comes_back_to_its_partitions(self):
        topic = self.create_topic(partitions=4)
        pipeline = self.pipeline(self.source(instance_id="first", session_timeout_ms=20_000))
        self.oracle.produce_ids(topic, 2000, keys=40)
        started = self.start(pipeline)
        self.wait_for(lambda: self.count() == 2000 and self.lag() == 0, started)
        generations = self.kafka.generations(self.name)
        self.assertTrue(started.kill())
        self.oracle.produce_ids(topic, 2000, first=2001, keys=40)
        started = self.start(pipeline)
        self.wait_for(lambda: self.count() >= 4000, started, seconds=15)
        self.stop(started)
        self.assert_each_once(self.ids(), range(1, 4001))
        self.assertEqual(self.kafka.generations(self.name), generations, "the group was shared out anew")


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    unittest.main()
