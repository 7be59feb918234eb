#!/usr/bin/env python3
"""Dead letters of a daemon that serves: shown, replayed, discarded; and none is lost whatever happens meanwhile.

    dead_letters_test.py BINARY [unittest's arguments]
"""

import json
import sys
import tempfile
import time
import unittest
from collections import Counter
from pathlib import Path

from admin_client import Daemon

BINARY = ""
STRICT = "  - set: {total: int(record.amount)}\n"
MENDED = "  - set: {total: 'string(record.amount).matches(\"^[0-9]+$\") ? int(record.amount) : -1'}\n"


def pipeline(transforms, more="", sink="{uri: ../out.ndjson}"):
    return (
        f"source: ../in.ndjson\ntransforms:\n{transforms}sink: {sink}\n"
        f"on_error: {{dead_letter: ../letters.ndjson}}\n{more}"
    )


class DeadLettersTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-letters-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.letters = self.folder / "letters.ndjson"

    def records(self, count, bad_every):
        with (self.folder / "in.ndjson").open("w") as file:
            for i in range(count):
                file.write(json.dumps({"id": i, "amount": "n/a" if i % bad_every == 0 else str(i)}) + "\n")

    def serve(self, text, **pipelines):
        daemon = Daemon(BINARY, self.folder, {"orders": text, **pipelines})
        self.addCleanup(daemon.kill)
        return daemon.started()

    def output(self):
        return [json.loads(line) for line in (self.folder / "out.ndjson").read_text().splitlines()]

    def ids(self):
        return sorted(each["id"] for each in self.output())

    def listed(self, daemon, query=""):
        answer = daemon.ask("/pipelines/orders/dead-letters" + query)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def moved(self, daemon, verb, query=""):
        answer = daemon.post(f"/pipelines/orders/dead-letters/{verb}{query}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def metric(self, daemon, name):
        (line,) = [each for each in daemon.ask("/metrics").body.splitlines() if each.startswith(name + "{")]
        return float(line.rsplit(" ", 1)[1])


class FinishedTest(DeadLettersTest):
    def setUp(self):
        super().setUp()
        self.records(100, 10)
        self.daemon = self.serve(pipeline(STRICT))
        self.daemon.await_state("orders", "finished")

    def mend(self):
        """As an operator does who wants the output that is there to stay: the source has nothing new."""
        self.daemon.write("orders", pipeline(MENDED))
        (self.folder / "in.ndjson").write_text("")
        self.assertEqual(self.daemon.post("/reload").status, 200)
        self.daemon.await_state("orders", "finished")

    def test_what_was_bad_and_why(self):
        page = self.listed(self.daemon)
        self.assertEqual((page["total"], len(page["letters"])), (10, 10))
        first = page["letters"][0]
        self.assertEqual(first["stage"], "transforms[0] set")
        self.assertEqual(first["error"], "expression")
        self.assertEqual(json.loads(first["original"]), {"id": 0, "amount": "n/a"})
        self.assertEqual((first["source"], first["replayable"]), (f"{self.folder}/in.ndjson line 1", True))
        self.assertNotIn("next", page)
        begun = self.listed(self.daemon, "?limit=4")
        rest = self.listed(self.daemon, f"?after={begun['next']}")
        self.assertEqual(begun["letters"] + rest["letters"], page["letters"])
        (only,) = self.listed(self.daemon, f"?id={first['id']}&error=expression")["letters"]
        self.assertEqual(only, first)
        self.assertEqual(self.listed(self.daemon, "?stage=decode")["letters"], [])

    def test_replayed_when_the_cause_is_mended(self):
        self.mend()
        self.assertEqual(self.moved(self.daemon, "replay"), {"pipeline": "orders", "letters": 10, "bad_again": 0, "cut": 0})
        self.assertEqual(self.ids(), list(range(100)))
        self.assertEqual([each["total"] for each in self.output()[-10:]], [-1] * 10)
        self.assertEqual(self.listed(self.daemon)["total"], 0)
        self.assertEqual(self.daemon.state("orders"), "finished", "it is not run again for that")
        self.assertEqual(self.metric(self.daemon, "hiveframe_dead_letters_replayed_total"), 10)
        self.assertEqual(self.moved(self.daemon, "replay")["letters"], 0)

    def test_what_is_bad_again_is_a_letter_again(self):
        before = self.listed(self.daemon)["letters"]
        self.assertEqual(self.moved(self.daemon, "replay")["bad_again"], 10)
        after = self.listed(self.daemon)["letters"]
        # The same record that is bad in the same place is the same letter.
        for key in ("id", "source", "original", "stage"):
            self.assertEqual([each[key] for each in after], [each[key] for each in before])
        self.assertEqual(len(self.ids()), 90)

    def test_some_of_them(self):
        self.mend()
        chosen = self.listed(self.daemon)["letters"][3]["id"]
        self.assertEqual(self.moved(self.daemon, "replay", f"?id={chosen}")["letters"], 1)
        self.assertEqual(len(self.ids()), 91)
        self.assertIn(30, self.ids())
        self.assertEqual(self.listed(self.daemon)["total"], 9)

    def test_discard_is_said_explicitly_and_counted(self):
        answer = self.daemon.post("/pipelines/orders/dead-letters/discard")
        self.assertEqual(answer.status, 409, answer.body)
        self.assertIn("all=true", answer.json["detail"])
        for query, status in (("all=false", 409), ("all=true&id=x", 409), ("id=", 400), ("stage=%C3%A4", 400), ("al=true", 400)):
            answer = self.daemon.post(f"/pipelines/orders/dead-letters/discard?{query}")
            self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(self.listed(self.daemon)["total"], 10)
        one = self.listed(self.daemon)["letters"][0]["id"]
        self.assertEqual(self.moved(self.daemon, "discard", f"?id={one}")["letters"], 1)
        self.assertEqual(self.moved(self.daemon, "discard", "?all=true")["letters"], 9)
        self.assertEqual(self.listed(self.daemon), {"letters": [], "total": 0})
        self.assertEqual(self.metric(self.daemon, "hiveframe_dead_letters_discarded_total"), 10)
        self.assertEqual(len(self.daemon.lines("[orders] discarded 9 dead letters, as it was told to")), 1)

    def test_records_of_which_only_the_head_is_there_stay(self):
        with self.letters.open("a") as file:
            letter = {"id": "long", "stage": "source", "error": {"type": "too_long", "message": "m"},
                      "length": 99999, "sha256": "00", "original": "head"}  # fmt: skip
            file.write(json.dumps(letter) + "\n")
        self.assertFalse(self.listed(self.daemon, "?id=long")["letters"][0]["replayable"])
        self.mend()
        self.assertEqual(self.moved(self.daemon, "replay"), {"pipeline": "orders", "letters": 10, "bad_again": 0, "cut": 1})
        self.assertEqual([each["id"] for each in self.listed(self.daemon)["letters"]], ["long"])

    def test_ctl(self):
        listed = self.daemon.ctl("dead-letters", "list", "orders", "--limit", "2")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertRegex(listed.stdout, r"(?m)^ID +TIME +STAGE +ERROR +SOURCE +RECORD$")
        self.assertRegex(listed.stdout, r"(?m)^[0-9a-f]{32} .*transforms\[0\] set +expression: .*in.ndjson line 1 ")
        self.assertIn("10 dead letters in all\nthe next ones: --after ", listed.stdout)
        one = json.loads(self.daemon.ctl("--json", "dead-letters", "list", "orders").stdout)["letters"][1]["id"]
        self.mend()
        replayed = self.daemon.ctl("dead-letters", "replay", "orders", "--id", one)
        self.assertEqual((replayed.returncode, replayed.stdout), (0, "orders: 1 dead letter replayed\n"))
        refused = self.daemon.ctl("dead-letters", "discard", "orders")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("say which dead letters to discard: by --id", refused.stderr)
        self.assertEqual(self.daemon.ctl("dead-letters", "discard", "orders", "--all", "--id", "x").returncode, 2)
        discarded = self.daemon.ctl("dead-letters", "discard", "orders", "--all")
        self.assertEqual((discarded.returncode, discarded.stdout), (0, "orders: 9 dead letters discarded\n"))


class RefusedTest(DeadLettersTest):
    def refused(self, daemon, name, status=409):
        for ask in (
            daemon.ask(f"/pipelines/{name}/dead-letters"),
            daemon.post(f"/pipelines/{name}/dead-letters/replay"),
            daemon.post(f"/pipelines/{name}/dead-letters/discard?all=true"),
        ):
            self.assertEqual(ask.status, status, ask.body)
        return ask.json["detail"]

    def test_where_there_are_none_to_be_read(self):
        self.records(10, 5)
        rows = pipeline(STRICT).replace("letters.ndjson", "letters.ndjson.gz").replace("out.ndjson", "out2.ndjson")
        daemon = self.serve(pipeline(STRICT), none="source: ../in.ndjson\nsink: discard\n", packed=rows)
        daemon.await_state("orders", "finished")
        self.assertIn("its on_error is no dead_letter", self.refused(daemon, "none"))
        self.assertIn("appended to one NDJSON file", self.refused(daemon, "packed"))
        self.assertIn("there is no pipeline 'order'", self.refused(daemon, "order", 404))

    def test_output_that_a_replay_would_replace(self):
        self.records(10, 5)
        daemon = self.serve(pipeline(STRICT, sink="{uri: ../out.ndjson, mode: overwrite}"))
        daemon.await_state("orders", "finished")
        answer = daemon.post("/pipelines/orders/dead-letters/replay")
        self.assertEqual(answer.status, 409, answer.body)
        self.assertIn("restart it instead", answer.json["detail"])
        self.assertEqual(len(self.ids()), 8)

    def test_rows_of_csv_lack_their_header(self):
        (self.folder / "in.csv").write_text("id,amount\n1,n/a\n2,3\n")
        daemon = self.serve(pipeline(STRICT).replace("in.ndjson", "in.csv"))
        daemon.await_state("orders", "finished")
        answer = daemon.post("/pipelines/orders/dead-letters/replay")
        self.assertEqual(answer.status, 503, answer.body)
        self.assertIn("not the header", answer.json["detail"])
        self.assertEqual(self.listed(daemon)["total"], 1, "it is there as before")
        self.assertFalse(Path(f"{self.letters}.replaying").exists())
        self.assertEqual(daemon.state("orders"), "finished")


class RunningTest(DeadLettersTest):
    """In the middle of a source that takes its time."""

    SLOW = "  - throttle: {rate: 200}\n"

    def test_a_replay_in_between(self):
        for mode in ("append", "overwrite"):
            with self.subTest(mode):
                self.records(400, 4)
                sink = f"{{uri: ../out.ndjson, mode: {mode}}}"
                daemon = Daemon(BINARY, self.folder, {"orders": pipeline(self.SLOW + STRICT, sink=sink)})
                self.addCleanup(daemon.kill)
                daemon.started()
                daemon.await_(lambda: self.letters.exists() and self.listed(daemon)["total"] > 10)
                daemon.write("orders", pipeline(self.SLOW + MENDED, sink=sink))
                self.assertEqual(daemon.post("/reload").status, 200)
                moved = self.moved(daemon, "replay")
                self.assertGreater(moved["letters"], 10)
                self.assertEqual(moved["bad_again"], 0)
                daemon.await_state("orders", "finished")
                self.assertEqual(self.ids(), list(range(400)), "each once, in spite of it all")
                self.assertEqual(self.listed(daemon)["total"], 0)
                self.assertEqual(daemon.stop(), 0)
                (self.folder / "out.ndjson").unlink()
                self.letters.unlink()

    def test_paused_it_is_refused(self):
        self.records(4000, 4)
        daemon = self.serve(pipeline(self.SLOW + STRICT))
        daemon.await_state("orders", "running")
        daemon.post("/pipelines/orders/pause")
        answer = daemon.post("/pipelines/orders/dead-letters/replay")
        self.assertEqual(answer.status, 409, answer.body)
        self.assertIn("it is paused: tell it to go on first", answer.json["detail"])


class InterruptedTest(DeadLettersTest):
    """Of 300 letters, when some are replayed and others not."""

    SLOW = "  - throttle: {rate: 100}\n"

    def setUp(self):
        super().setUp()
        self.records(300, 1)
        self.daemon = self.serve(pipeline(STRICT))
        self.daemon.await_state("orders", "finished")
        self.daemon.write("orders", pipeline(self.SLOW + MENDED))
        (self.folder / "in.ndjson").write_text("")
        self.assertEqual(self.daemon.post("/reload").status, 200)
        self.daemon.await_state("orders", "finished")

    def begin(self):
        """A replay that goes on while this returns, some records on."""
        with self.daemon.connection() as connection:
            connection.sendall(b"POST /pipelines/orders/dead-letters/replay HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.daemon.await_(lambda: (self.folder / "out.ndjson").exists() and len(self.ids()) > 30)
        self.assertLess(len(self.ids()), 300)

    def all_are_there(self):
        letters = [json.loads(each["original"])["id"] for each in self.listed(self.daemon, "?limit=1000")["letters"]]
        return sorted(set(letters) | set(self.ids())) == list(range(300))

    def test_killed(self):
        self.begin()
        self.daemon.kill()
        self.daemon.started()
        self.daemon.await_state("orders", "finished")
        self.assertEqual(self.listed(self.daemon)["total"], 300, "killed in between, none is gone")
        self.assertEqual(self.moved(self.daemon, "replay")["letters"], 300)
        self.assertEqual(self.listed(self.daemon)["total"], 0)
        self.assertEqual(set(self.ids()), set(range(300)))
        self.assertLess(max(Counter(self.ids()).values()), 3, "a repeat of what was under way")

    def test_stopped_in_order(self):
        self.begin()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.started()
        self.daemon.await_state("orders", "finished")
        left = self.listed(self.daemon)["total"]
        self.assertLess(left, 300, "what was replayed is no letter any more")
        self.assertTrue(self.all_are_there())
        self.assertEqual(self.moved(self.daemon, "replay")["letters"], left)
        self.assertEqual(self.ids(), list(range(300)), "each once")

    def test_reloaded_meanwhile(self):
        self.begin()
        self.daemon.write("orders", pipeline(MENDED))
        begun = time.monotonic()
        report = self.daemon.post("/reload").json
        self.assertEqual([each["action"] for each in report["pipelines"]], ["replaced"])
        self.assertLess(time.monotonic() - begun, 2, "it did not wait for the end of the replay")
        self.assertTrue(self.all_are_there())
        self.moved(self.daemon, "replay")
        self.assertEqual(self.ids(), list(range(300)))

    def test_one_at_a_time(self):
        self.begin()
        for verb in ("replay", "discard?all=true"):
            answer = self.daemon.post(f"/pipelines/orders/dead-letters/{verb}")
            self.assertEqual(answer.status, 409, answer.body)
            self.assertIn("already", answer.json["detail"])
        self.assertEqual(self.listed(self.daemon)["total"], 300, "they can be looked at meanwhile")
        self.assertIn("replayed or discarded", self.daemon.pipeline("orders")["reason"])
        self.assertEqual(self.daemon.ask("/readyz").status, 200)


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
