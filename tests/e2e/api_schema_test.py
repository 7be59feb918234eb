#!/usr/bin/env python3
"""The admin API does what its own description says, whatever is sent: schemathesis tries.

    api_schema_test.py BINARY [unittest's arguments]
"""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import tools
from admin_client import Daemon
from service import PATIENCE

BINARY = ""
ENDLESS = "source: {type: generate, rate: 10, template: {id: '{{ meta.sequence }}'}}\nsink: discard\n"
LETTERS = "on_error: {dead_letter: ../letters.ndjson}\n" + ENDLESS


class ApiSchemaTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-schema-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.daemon = Daemon(BINARY, self.folder, {"orders": LETTERS, "returns": ENDLESS})
        self.addCleanup(self.daemon.kill)
        self.daemon.started()
        for name in ("orders", "returns"):
            self.daemon.await_state(name, "running")

    def settings(self):
        """503 is an answer: whether the daemon is ready, and that a command did not come out as asked."""
        file = self.folder / "schemathesis.toml"
        file.write_text("[checks.not_a_server_error]\nexpected-statuses = ['2xx', '3xx', '4xx', '503']\n")
        return file

    def test_nothing_that_is_sent_breaks_it(self):
        # Real names, or nearly every path would end in a 404. A stream does not end: admin_test has that.
        description = self.daemon.ask("/openapi.json").json
        for path in description["paths"].values():
            for operation in path.values():
                for parameter in operation.get("parameters", []):
                    if parameter["in"] == "path":
                        parameter["examples"] = {"real": {"value": "orders"}}
        schema = self.folder / "openapi.json"
        schema.write_text(json.dumps(description))
        tried = subprocess.run(
            [
                *tools.schemathesis(), "--config-file", str(self.settings()), "run", str(schema), "--url", self.daemon.url,
                "--checks", "all", "--exclude-path", "/pipelines/{name}/tap",
                "--max-examples", "40", "--seed", "1", "--request-timeout", str(PATIENCE), "--no-color",
                "--suppress-health-check", "all",
            ],
            cwd=self.folder, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        self.assertEqual(tried.returncode, 0, tried.stdout + tried.stderr)
        self.assertEqual(self.daemon.ask("/healthz").status, 200)
        self.assertNotIn("failed:", self.daemon.log())


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
