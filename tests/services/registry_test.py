#!/usr/bin/env python3
"""The schema registry, in the open and by TLS.

    registry_test.py [unittest's arguments]
"""

import ssl
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from services.certificates import Certificates
from services.registry import Registry

SCHEMA = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}


class RegistryTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-registry-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check(self, registry):
        number = registry.register("orders-value", SCHEMA)
        self.assertEqual(registry.register("orders-value", SCHEMA), number)
        self.assertIn('"Order"', registry.schema(number))
        self.assertEqual(registry.subjects(), ["orders-value"])
        with self.assertRaises(urllib.error.HTTPError) as unknown:
            registry.schema(number + 1000)
        self.assertEqual(unknown.exception.code, 404)
        unknown.exception.close()

    def test_in_the_open(self):
        with Registry(self.folder) as registry:
            self.check(registry)

    def test_by_tls(self):
        with Registry(self.folder, Certificates(self.folder / "tls")) as registry:
            self.check(registry)
            with self.assertRaises(urllib.error.URLError) as untrusted:
                urllib.request.urlopen(registry.url + "/subjects", timeout=30)
            self.assertIsInstance(untrusted.exception.reason, ssl.SSLCertVerificationError)


if __name__ == "__main__":
    unittest.main()
