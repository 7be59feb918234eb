#!/usr/bin/env python3
"""tests/check_documentation finds what is named and not there, and nothing else."""

import runpy
import tempfile
import unittest
from pathlib import Path

missing = runpy.run_path(str(Path(__file__).resolve().parent.parent / "check_documentation"))["missing"]


class CheckDocumentation(unittest.TestCase):
    def found(self, text):
        """What is missing of a README with this text in a folder that has pipeline/sink.hpp and docs/."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "pipeline").mkdir()
            (root / "pipeline/sink.hpp").touch()
            (root / "pipeline/README.md").write_text(text, encoding="utf-8")
            return missing(root)

    def test_what_is_there_is_not_reported(self):
        self.assertEqual(self.found("[sink](sink.hpp) `pipeline/sink.hpp` `pipeline/` [web](https://a.example/b)"), [])

    def test_paths_of_something_else_are_not_reported(self):
        self.assertEqual(self.found("`build/dev/x` `pipeline/<name>/x.cpp` `text/plain` `a.b` `count`"), [])

    def test_a_link_that_leads_nowhere(self):
        self.assertEqual(self.found("one\n[sink](source.hpp)"), ["pipeline/README.md:2: source.hpp is not there"])

    def test_a_link_with_an_anchor_is_a_link_to_its_file(self):
        self.assertEqual(self.found("[a](gone.md#part)"), ["pipeline/README.md:1: gone.md is not there"])
        self.assertEqual(self.found("[a](sink.hpp#part) [b](#part)"), [])

    def test_a_path_that_is_not_there(self):
        self.assertEqual(
            self.found("`pipeline/gone.hpp`"), ["pipeline/README.md:1: pipeline/gone.hpp is not there"]
        )


if __name__ == "__main__":
    unittest.main()
