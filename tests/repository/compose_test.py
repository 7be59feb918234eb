#!/usr/bin/env python3
"""deploy/compose.yaml, as docker-compose reads it."""

import re
import sys
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/container"))

from build import BASE
from compose import COMPOSE, read_compose, read_configuration
from dockerfile import read_stages


class ComposeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = read_compose("/srv/pipelines")
        cls.image = read_stages((REPOSITORY / "deploy/Dockerfile").read_text(), base_image=BASE)[-1].image

    def test_builds_the_image_of_the_repository(self):
        build = self.service.settings["build"]
        self.assertEqual(Path(build["context"]), REPOSITORY)
        self.assertEqual(build["dockerfile"], "deploy/Dockerfile")

    def test_leaves_no_rights(self):
        limits = self.service.limits
        self.assertTrue(limits.read_only and limits.drop_capabilities and limits.no_new_privileges)
        for opening in ("privileged", "cap_add", "devices", "pid", "ipc", "network_mode", "user", "userns_mode"):
            self.assertNotIn(opening, self.service.settings)

    def test_starts_again_and_keeps_the_image_s_own_ways(self):
        self.assertEqual(self.service.settings["restart"], "unless-stopped")
        for own in ("healthcheck", "entrypoint", "command", "stop_signal", "working_dir"):
            self.assertNotIn(own, self.service.settings)

    def test_what_survives_is_in_volumes(self):
        volumes = dict(each.split(":")[1::-1] for each in self.service.settings["volumes"])
        self.assertEqual(volumes, {"/etc/hiveframed/pipelines": "/srv/pipelines", "/var/lib/hiveframed": "state"})
        self.assertEqual(set(volumes), set(self.image.volumes))
        self.assertIn("state", read_configuration()["volumes"])
        self.assertEqual(self.service.limits.mounts, (("/srv/pipelines", "/etc/hiveframed/pipelines", True),))

    def test_without_a_word_the_pipelines_are_beside_it(self):
        (settings,) = read_configuration()["services"].values()
        self.assertIn(f"{COMPOSE.parent}/pipelines:/etc/hiveframed/pipelines:ro", settings["volumes"])

    def test_a_stop_has_as_much_time_as_under_systemd(self):
        unit = (REPOSITORY / "deploy/hiveframed.service").read_text()
        self.assertEqual(self.service.grace, float(re.search(r"^TimeoutStopSec=(\d+)s$", unit, re.M)[1]))


if __name__ == "__main__":
    unittest.main()
