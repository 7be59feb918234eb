"""Pipelines of the built program with a real PostgreSQL at one end."""

import json
import os
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from e2e.launch import Run, write_pipeline
from services.postgres import PASSWORD, Postgres

PATIENCE = 60  # seconds; nothing here should take a third of it


class PostgresCase(unittest.TestCase):
    """One PostgreSQL for all tests of a class; tables have the name of the test.

    program: the binary; options: what PostgreSQL is made with.
    """

    program = ""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres(**cls.options)
        cls.addClassCleanup(cls.postgres.close)
        cls.postgres.create()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-postgres-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.name = self.id().rsplit(".", 1)[1]
        # Where libpq looks for it; a test that says otherwise sets it itself.
        before = os.environ.get("PGPASSWORD")
        self.addCleanup(lambda: os.environ.pop("PGPASSWORD") if before is None else os.environ.update(PGPASSWORD=before))
        os.environ["PGPASSWORD"] = PASSWORD

    def create_table(self, columns):
        self.postgres.create_table(f"{self.name} ({columns})")

    def rows(self, columns="*", order="id"):
        return self.postgres.execute(f"SELECT {columns} FROM {self.name} ORDER BY {order}")

    def write_input(self, records):
        path = self.folder / "in.ndjson"
        path.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in records))
        return path

    def sink(self, port=None, **options):
        """YAML of a sink; options as they are, in place of these."""
        uri = self.postgres.uri()
        if port is not None:
            uri = uri.replace(f":{self.postgres.port}/", f":{port}/")
        settings = {"uri": uri, "table": self.name}
        return json.dumps({key: value for key, value in (settings | options).items() if value is not None})

    def pipeline(self, source, sink=None, more="", name="pipeline"):
        return write_pipeline(self.folder, f"source: {source}\nsink: {sink or self.sink()}\n{more}\n", name)

    def start(self, *files, **options):
        started = Run(self.program, self.folder, *files, **options)
        self.addCleanup(lambda: started.running() and started.kill())
        return started

    def run_to_end(self, *files, status=0, **options):
        done = self.start(*files, **options).wait(PATIENCE)
        self.assertEqual(done.status, status, done.messages)
        self.assertNotIn(PASSWORD, done.messages)
        return done

    def write(self, records, more="", status=0, arguments=(), **options):
        pipeline = self.pipeline(self.write_input(records), self.sink(**options), more)
        return self.run_to_end(pipeline, status=status, arguments=arguments)

    def dead_letters(self):
        path = self.folder / "dead.ndjson"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for(self, condition, *started, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not condition():
            said = "\n".join(each.messages() for each in started)
            self.assertLess(time.monotonic(), deadline, f"it did not happen:\n{said}")
            for each in started:
                self.assertTrue(each.running(), f"the run has ended:\n{said}")
            time.sleep(0.02)
