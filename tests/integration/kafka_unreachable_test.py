#!/usr/bin/env python3
"""Where no Kafka is: a name that does not resolve, a port that is closed, one where something else listens, one where
nothing answers. The pipeline waits, says once why, and can be stopped.

    kafka_unreachable_test.py BINARY [unittest's arguments]
"""

import http.server
import socket
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from e2e.launch import Run, write_pipeline
from services import ports

PROGRAM = ""
LONG = 8  # seconds, in which a client tries again many times


class UnreachableTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-unreachable-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "in.ndjson").write_text('{"id":1}\n')

    def check(self, server, *words):
        source = f"source: kafka://{server}/orders?group_id=g\nsink: out.ndjson\n"
        sink = f"source: in.ndjson\nsink: kafka://{server}/orders\n"
        started = []
        for name, pipeline in (("source", source), ("sink", sink)):
            folder = self.folder / name
            folder.mkdir()
            (folder / "in.ndjson").write_text('{"id":1}\n')
            one = Run(PROGRAM, folder, write_pipeline(folder, pipeline))
            self.addCleanup(lambda one=one: one.running() and one.kill())
            started.append(one)
        deadline = time.monotonic() + 30
        while not all(" warn " in one.messages() for one in started):
            self.assertLess(time.monotonic(), deadline, [one.messages() for one in started])
            time.sleep(0.05)
        time.sleep(LONG)
        for one in started:
            self.assertTrue(one.running(), one.messages())
            told = [line for line in one.messages().splitlines() if " info " not in line]
            self.assertEqual(len(told), 1, told)
            for word in words:
                self.assertIn(word, told[0])
            begin = time.monotonic()
            one.process.terminate()
            done = one.wait(20)
            self.assertEqual(done.status, 0, done.messages)
            self.assertLess(time.monotonic() - begin, 8)

    def test_a_name_that_does_not_resolve(self):
        # RFC 6761 keeps it from ever doing so.
        self.check("kafka-1.invalid:9092", "kafka-1.invalid:9092", "resolve")

    def test_a_port_that_is_closed(self):
        port = ports.take()
        self.check(f"127.0.0.1:{port}", f"127.0.0.1:{port}", "refused")

    def test_a_port_where_something_else_listens(self):
        class Silent(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

        web = http.server.HTTPServer(("127.0.0.1", 0), Silent)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        self.check(f"127.0.0.1:{web.server_port}", f"127.0.0.1:{web.server_port}")

    def test_a_port_where_nothing_answers(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        port = silent.getsockname()[1]
        self.check(f"127.0.0.1:{port}", f"127.0.0.1:{port}")


if __name__ == "__main__":
    PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
