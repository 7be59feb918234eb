#!/usr/bin/env python3
"""The daemon as a service: what it does with a folder of pipelines, with signals, and with what goes wrong.

    serve_test.py BINARY_WITH_FAULTY_CONNECTORS [unittest's arguments]
"""

import json
import os
import signal
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path

from admin_client import Daemon
from kill_state import read_state
from service import PATIENCE, Service

BINARY = ""
RELOADS = 200


class ServeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-serve-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.service = Service(BINARY, self.folder, "shutdown_timeout: 2s\nstart_timeout: 2s")
        self.addCleanup(self.service.kill)

    def path(self, name):
        return self.folder / name

    def make_input(self, name, count, more=""):
        lines = b"".join(b'{"id":%d%s}\n' % (i, more.encode()) for i in range(1, count + 1))
        self.path(name).write_bytes(lines)
        return lines

    def size(self, name):
        path = self.path(name)
        return path.stat().st_size if path.exists() else 0

    def ticking(self, name="neighbour"):
        """A pipeline that goes on writing; returns what tells whether it still does."""
        self.service.write(name, f"source: {{type: generate, rate: 1000}}\nsink: {self.path(name)}.ndjson\n")

        def goes_on():
            before = self.size(f"{name}.ndjson")
            self.service.await_(lambda: self.size(f"{name}.ndjson") > before)

        return goes_on

    def hanging(self, name="stuck"):
        """A pipeline whose sink stands still for good, whatever it is told."""
        self.make_input(f"{name}.in", 10_000)
        self.service.write(
            name,
            f"source: {{uri: {self.path(name)}.in, format: ndjson}}\n"
            f"sink: {{type: faulty, path: {self.path(name)}.out, events: {self.path(name)}.events,"
            " stall_after: 1, ignore_cancel: true}\nbatch: {records: 100, linger_ms: 1}\n",
        )
        return lambda: self.service.await_(lambda: self.size(f"{name}.events") > 0)

    # Starting and stopping

    def test_runs_a_folder_until_it_is_told_to_stop(self):
        lines = self.make_input("a.in", 1000)
        self.service.write("a", f"source: {{uri: {self.path('a.in')}, format: ndjson}}\nsink: {self.path('a.ndjson')}\n")
        goes_on = self.ticking()
        self.service.start()
        self.service.await_line("[a] finished: read 1000 records")
        goes_on()
        self.assertEqual(self.service.stop(), 0)
        self.assertEqual(self.path("a.ndjson").read_bytes(), lines)
        written = self.path("neighbour.ndjson").read_bytes().splitlines()
        self.assertEqual(len(self.service.lines("[neighbour] stopped: read ")), 1)
        self.assertIn(f"read {len(written)} record", self.service.log())

    def test_an_empty_folder_waits_for_pipelines(self):
        # Until it listens to signals one ends it.
        manager = self.listen(str(self.path("notify")))
        self.service.environment = {"NOTIFY_SOCKET": str(self.path("notify"))}
        self.service.start()
        self.assertEqual(self.hear(manager, "READY")["STATUS"], "0 pipelines")
        self.service.write("a", "source: {type: generate, count: 10}\nsink: discard\n")
        self.assertEqual(self.service.reload(), {"a": "added"})
        self.service.await_line("[a] finished: read 10 records")
        self.service.remove("a")
        self.assertEqual(self.service.reload(), {"a": "removed"})
        self.assertEqual(self.service.stop(), 0)

    def test_broken_files_at_the_start_are_shown_whole_and_nothing_runs(self):
        self.ticking()
        self.service.write("broken", "source: [\n")
        self.service.write("wrong", "source: generate\nsinc: discard\n")
        self.service.start()
        self.assertEqual(self.service.wait(), 2)
        self.assertIn("broken.yaml:", self.service.log())
        self.assertIn("wrong.yaml:2:1: error: unknown option 'sinc' of the pipeline", self.service.log())
        self.assertFalse(self.path("neighbour.ndjson").exists())

    def test_two_daemons_do_not_share_a_state_folder(self):
        goes_on = self.ticking()
        self.service.start()
        goes_on()
        second = Service(BINARY, self.folder).start()
        self.addCleanup(second.kill)
        self.assertEqual(second.wait(), 1)
        self.assertIn(f"the daemon with process id {self.service.process.pid} serves with it", second.log())
        goes_on()

    def test_killed_it_goes_on_where_it_stood(self):
        lines = self.make_input("a.in", 200_000)
        self.service.write(
            "a",
            f"source: {{uri: {self.path('a.in')}, format: ndjson}}\nsink: {self.path('a.ndjson')}\n"
            "batch: {records: 100}\n",
        )
        self.service.start()
        self.service.await_(lambda: self.size("a.ndjson") > 0)
        self.service.kill()
        self.service.start()
        self.service.await_line("[a] finished")
        self.assertEqual(self.path("a.ndjson").read_bytes(), lines)

    # What goes wrong

    def test_a_pipeline_that_fails_is_started_again_and_disturbs_nobody(self):
        goes_on = self.ticking()
        self.service.write("late", f"source: {{uri: {self.path('late.in')}, format: ndjson}}\nsink: discard\n")
        self.service.write(
            "never", f"source: {{uri: {self.path('never.in')}, format: ndjson}}\nsink: discard\nrestart: never\n"
        )
        self.service.start()
        self.service.await_line("[late] failed: cannot read", "it is started again in")
        self.service.await_line("[never] failed: cannot read")
        goes_on()
        self.make_input("late.in", 10)
        self.make_input("never.in", 10)
        self.service.await_line("[late] finished: read 10 records")
        goes_on()
        self.assertEqual(len(self.service.lines("[never] started")), 1)
        self.assertEqual(len(self.service.lines("[neighbour] started")), 1)
        self.assertEqual(self.service.stop(), 0)

    def test_a_sink_that_hangs_is_left_behind_when_its_pipeline_is_removed(self):
        goes_on = self.ticking()
        hangs = self.hanging()
        self.service.start()
        hangs()
        self.service.remove("stuck")
        begun = time.monotonic()
        self.assertEqual(self.service.reload(), {"stuck": "removed"})
        self.assertLess(time.monotonic() - begun, 20)
        self.service.await_line("[stuck] reload: removed: sink ", "did not answer a write for", "was left behind")
        goes_on()
        # The process ends all the same, though the call never returns.
        self.assertEqual(self.service.stop(), 0)

    def test_a_sink_that_hangs_does_not_keep_the_daemon_from_ending(self):
        goes_on = self.ticking()
        hangs = self.hanging()
        self.service.start()
        hangs()
        goes_on()
        begun = time.monotonic()
        self.assertEqual(self.service.stop(), 1)
        self.assertLess(time.monotonic() - begun, 20)
        self.service_log_has("[stuck] stopped: sink ", "did not answer a write for")
        self.service_log_has("not everything that was read was delivered")

    def test_a_second_signal_ends_at_once(self):
        self.service.configure("shutdown_timeout: 1h")
        hangs = self.hanging()
        self.service.settings = "shutdown_timeout: 1h"
        self.service.start()
        hangs()
        self.service.process.send_signal(signal.SIGTERM)
        self.service.await_line("SIGTERM: finishing what was read")
        self.service.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.service.wait(), 1)
        self.service_log_has("a second signal, SIGTERM: ended at once")
        self.service_log_has("[stuck] what is not durable yet is read again by the next run")

    def test_a_source_that_never_answers(self):
        os.mkfifo(self.path("fifo"))
        goes_on = self.ticking()
        self.service.write("silent", f"source: {{uri: {self.path('fifo')}, format: ndjson}}\nsink: discard\n")
        self.service.start()
        self.service.await_line("[silent] started")
        goes_on()
        self.service.remove("silent")
        self.assertEqual(self.service.reload(), {"silent": "removed"})
        goes_on()
        self.assertEqual(self.service.stop(), 0)

    def service_log_has(self, *parts):
        self.assertTrue(self.service.lines(*parts), self.service.log())

    # Logs

    def logged(self, log, stop=True):
        self.service.log_settings = log
        self.service.start()
        self.service.await_(lambda: "started" in self.service.log())
        self.service.await_(lambda: "failed" in self.service.log())
        self.assertEqual(self.service.stop(), 0)
        return self.service.log().splitlines()

    def test_logs_are_json_where_nobody_looks(self):
        self.service.write("bad", f"source: {self.path('missing.ndjson')}\nsink: discard\n")
        lines = [json.loads(line) for line in self.logged("{}")]
        for line in lines:
            self.assertLessEqual({"time", "level", "component", "message"}, set(line))
        (failed,) = [line for line in lines if line["message"].startswith("failed") and "more like it" not in line["message"]]
        self.assertEqual((failed["level"], failed["pipeline"], failed["component"]), ("error", "bad", "pipeline"))
        self.assertEqual(lines[-1]["component"], "daemon")

    def test_logs_for_the_journal_have_priorities(self):
        self.service.write("bad", f"source: {self.path('missing.ndjson')}\nsink: discard\n")
        lines = self.logged("{format: journal}")
        for line in lines:
            self.assertRegex(line, "^<[346]>")
        self.assertTrue([line for line in lines if line.startswith("<3>[bad] failed: cannot read")], lines)

    def test_repeated_errors_are_folded(self):
        self.service.write("bad", f"source: {self.path('missing.ndjson')}\nsink: discard\n")
        daemon = Daemon(BINARY, self.folder, {})
        self.addCleanup(daemon.kill)
        daemon.started()
        daemon.await_(lambda: daemon.pipeline("bad")["restarts"] >= 3)
        self.assertEqual(daemon.stop(), 0)
        failures, starts = daemon.lines("[bad] failed"), daemon.lines("[bad] started again after a failure")
        for lines in (failures, starts):
            self.assertEqual(len(lines), 2, lines)
            self.assertRegex(lines[1], r"\((one|\d+) more like it within \d+s(, the last \d+s ago)?\)$")
        # Who reads the end of the log is not told that something goes on.
        self.assertRegex(daemon.log().splitlines()[-1], "info +stopped$")

    def test_less_is_logged_after_a_reload(self):
        manager = self.listen(str(self.path("notify")))
        self.service.environment = {"NOTIFY_SOCKET": str(self.path("notify"))}
        self.service.start()
        self.hear(manager, "READY")
        self.service.log_settings = "{format: text, level: error}"
        self.service.configure(self.service.settings)
        self.service.process.send_signal(signal.SIGHUP)
        self.hear(manager, "READY")
        self.service.write("broken", "source: [\n")
        self.service.process.send_signal(signal.SIGHUP)
        self.service.await_line("not reloaded")
        self.assertEqual(self.service.stop(), 0)
        self.assertFalse(self.service.lines("SIGTERM"), self.service.log())

    # Reloading

    def test_a_broken_file_changes_nothing(self):
        goes_on = self.ticking()
        self.service.write("gone", "source: {type: generate, rate: 10}\nsink: discard\n")
        self.service.start()
        goes_on()
        self.service.remove("gone")
        for name, text, said in (
            ("a", "source: [\n", "a.yaml:"),
            ("a", "", "there is no pipeline in this file"),
            ("a", "source: generate\nsink: discard\nnot_an_option: 1\n", "unknown option 'not_an_option'"),
            ("a", "name: neighbour\nsource: generate\nsink: discard\n", "there is another pipeline 'neighbour'"),
            ("a", f"source: generate\nsink: {self.path('neighbour')}.ndjson\n", "is written by another sink already"),
            ("a", "source: generate\nsink: ${NOT_SET}\n", "variable 'NOT_SET' is not set"),
        ):
            self.service.write(name, text)
            self.assertIn(said, self.service.reload())
        (self.service.pipelines / "a.yaml").write_bytes(bytes(range(256)))
        self.assertIn("a.yaml", self.service.reload())
        self.service.remove("a")
        (self.service.pipelines / "a.yaml").symlink_to("nowhere")
        self.assertIn("a.yaml: the file cannot be read: No such file or directory", self.service.reload())
        self.service.remove("a")
        os.mkfifo(self.service.pipelines / "a.yaml")
        self.assertIn("a.yaml: it is neither a file nor a folder", self.service.reload())
        self.service.remove("a")
        (self.folder / "daemon.yaml").write_text("pipelines: [pipelines\n")
        self.assertIn("daemon.yaml:", self.service.reload())
        goes_on()
        self.assertEqual(len(self.service.lines("] started")), 2)
        self.service.configure(self.service.settings)
        self.assertEqual(self.service.reload(), {"gone": "removed"})
        goes_on()

    def test_what_did_not_change_is_not_touched(self):
        goes_on = self.ticking()
        self.service.write("a", "source: {type: generate, rate: 10}\nsink: discard\n")
        self.service.start()
        goes_on()
        self.service.write("a", "# at more than ten a second nobody reads them\nsource: {type: generate, rate: 10}\nsink: 'discard'\n")
        self.assertEqual(self.service.reload(), {})
        self.service.write(
            "a",
            "source: {type: generate, rate: 10}\nsink: discard\n"
            "tests: [{name: all go on, input: [{a: 1}], expect: [{a: 1}]}]\n",
        )
        (self.service.pipelines / "a_test.yaml").write_text(
            "pipeline: a.yaml\ntests: [{name: none is lost, input: [], expect: []}]\n"
        )
        self.assertEqual(self.service.reload(), {})
        self.service.write("a", "source: {type: generate, rate: 11}\nsink: discard\n")
        self.assertEqual(self.service.reload(), {"a": "replaced"})
        self.assertEqual(len(self.service.lines("[neighbour] started")), 1)
        self.service.configure(self.service.settings + "\nmemory_limit: 64MiB")
        self.assertEqual(self.service.reload(), {})
        self.service_log_has("memory_limit has changed: that takes effect only when the daemon is restarted")

    def test_a_changed_pipeline_that_does_not_come_up_is_rolled_back(self):
        goes_on = self.ticking()
        self.service.start()
        goes_on()
        self.service.write(
            "neighbour", f"source: {{type: generate, rate: 999}}\nsink: {self.path('neighbour')}.ndjson/not/a/folder.ndjson\n"
        )
        self.assertEqual(self.service.reload(), {"neighbour": "rolled_back"})
        goes_on()
        # The file still says it, so it is tried again.
        self.assertEqual(self.service.reload(), {"neighbour": "rolled_back"})
        goes_on()
        self.ticking()
        self.assertEqual(self.service.reload(), {})
        self.assertEqual(self.service.stop(), 0)

    def test_reloads_under_load_lose_nothing(self):
        # Long lines, a small memory and one worker: little is under way when it is told to drain.
        lines = self.make_input("load.in", 1_600_000, ',"note":"' + "x" * 80 + '"')

        def write(number):
            self.service.write(
                "load",
                f"source: {{uri: {self.path('load.in')}, format: ndjson}}\n"
                f"sinks:\n  - {self.path('load.ndjson')}\n"
                f"  - {{type: faulty, path: {self.path('load.faulty')}, delay_ms: 2}}\n"
                f"batch: {{records: 100, linger_ms: {number}}}\nparallelism: 1\n",
            )

        goes_on = self.ticking()
        write(0)
        self.service.settings = "shutdown_timeout: 60s\nstart_timeout: 60s\nmemory_limit: 8MiB"
        self.service.start()
        goes_on()
        self.service.await_(lambda: self.size("load.faulty") > 0)
        for number in range(1, RELOADS + 1):
            before = self.size("load.faulty")
            write(number)
            self.assertEqual(self.service.reload(), {"load": "replaced"}, f"reload {number}")
            self.service.await_(lambda: self.size("load.faulty") > before)
        self.assertEqual(len(self.service.lines("[load] started")), RELOADS + 1)
        self.assertEqual(len(self.service.lines("[load] finished")), 0, "the input is too short for this machine")
        goes_on()
        self.assertEqual(len(self.service.lines("[neighbour] started")), 1)
        self.assertEqual(self.service.stop(), 0)
        for name in ("load.ndjson", "load.faulty"):
            written = self.path(name).read_bytes()
            self.assertEqual(written, lines[: len(written)], name)
        # And the next run goes on right there.
        positions = read_state(self.path("state"), "load").positions
        self.assertEqual(list(positions.values()), [self.size("load.faulty")])

    # The service manager

    def listen(self, address):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(address)
        manager.settimeout(PATIENCE)
        return manager

    def hear(self, manager, wanted):
        """The next message that holds a line beginning so, as a map of its lines."""
        while True:
            message = dict(line.split("=", 1) for line in manager.recv(65536).decode().splitlines())
            if wanted in message:
                return message

    def check_notifications(self, address, name):
        manager = self.listen(address)
        self.ticking()
        self.service.environment = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000"}
        self.service.start()
        ready = self.hear(manager, "READY")
        self.assertEqual(ready["READY"], "1")
        self.assertRegex(ready["STATUS"], "^1 pipeline: 1 ")
        for _ in range(3):
            self.assertEqual(self.hear(manager, "WATCHDOG")["WATCHDOG"], "1")

        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.service.process.send_signal(signal.SIGHUP)
        reloading = self.hear(manager, "RELOADING")
        self.assertEqual(reloading["RELOADING"], "1")
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self.assertLessEqual(before, int(reloading["MONOTONIC_USEC"]))
        self.assertLessEqual(int(reloading["MONOTONIC_USEC"]), now)
        self.assertEqual(self.hear(manager, "READY")["READY"], "1")

        self.service.write("broken", "source: [\n")
        self.service.process.send_signal(signal.SIGHUP)
        self.hear(manager, "RELOADING")
        self.assertIn("the last reload was refused", self.hear(manager, "READY")["STATUS"])

        self.service.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.hear(manager, "STOPPING")["STOPPING"], "1")
        self.assertEqual(self.service.wait(), 0)

    def test_tells_the_service_manager_through_a_path(self):
        self.check_notifications(str(self.path("notify")), str(self.path("notify")))

    def test_tells_the_service_manager_through_an_abstract_socket(self):
        name = f"hiveframed-{os.getpid()}-{time.monotonic_ns()}"
        self.check_notifications("\0" + name, "@" + name)

    def test_a_service_manager_that_went_away_is_no_trouble(self):
        goes_on = self.ticking()
        self.service.environment = {"NOTIFY_SOCKET": str(self.path("nobody"))}
        self.service.start()
        goes_on()
        self.assertEqual(self.service.stop(), 0)

    def test_stopping_keeps_the_watchdog_fed(self):
        manager = self.listen(str(self.path("notify")))
        hangs = self.hanging()
        self.service.environment = {"NOTIFY_SOCKET": str(self.path("notify")), "WATCHDOG_USEC": "200000"}
        self.service.start()
        hangs()
        self.service.process.send_signal(signal.SIGTERM)
        self.hear(manager, "STOPPING")
        for _ in range(5):
            self.hear(manager, "WATCHDOG")
        self.assertEqual(self.service.wait(), 1)

    def test_credentials(self):
        self.path("credentials").mkdir()
        self.path("credentials/output").write_text("hunter2\n")
        self.service.environment = {"CREDENTIALS_DIRECTORY": str(self.path("credentials"))}
        # Only what is a secret takes one; no connector of this build has one.
        self.service.write("a", "source: generate\nsink: {type: discard, touch: '${credential:output}'}\n")
        self.service.start()
        self.assertEqual(self.service.wait(), 2)
        self.assertIn("${file:} and ${credential:} are for secrets", self.service.log())
        self.assertNotIn("hunter2", self.service.log())


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
