#!/usr/bin/env python3
"""Does what the README says of the service, command by command, under systemd.

    readme_test.py BUILD_FOLDER REPOSITORY [unittest's arguments]             in a copy of this machine
    readme_test.py --bare BUILD_FOLDER REPOSITORY [unittest's arguments]      in the smallest Debian

In the copy all that brings the program there is not done: packages, the clone, and the build, which BUILD_FOLDER stands
for. Exit status: 77 systemd cannot be started here.
"""

import json
import re
import shlex
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from systemd_machine import BARE_SYSTEM, Machine, skip_where_none_boots

BUILD, REPOSITORY = "", ""
IN = "/srv"
CLONE = f"{IN}/hiveframed"
DONE_BEFORE = ("apt-get ", "git clone ", "deploy/quickstart")


def commands_of(text, title):
    """The lines of the indented blocks below a title; those up to the end of a here-document belong together."""
    section = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)[1]
    commands, end = [], None
    for line in section.splitlines():
        if not line.startswith("    "):
            continue
        line = line[4:]
        if end is not None:
            commands[-1] += "\n" + line
            end = None if line == end else end
            continue
        commands.append(line)
        begun = re.search(r"<<'(\w+)'", line)
        end = begun[1] if begun else None
    return commands


class CommandsTest(unittest.TestCase):
    def test_are_found(self):
        text = "## A\n    a\n\n## B\ntext\n\n    b <<'X'\n      c\n    X\n    d  # e\n\n    f\n\n## C\n    g\n"
        self.assertEqual(commands_of(text, "B"), ["b <<'X'\n  c\nX", "d  # e", "f"])


class ReadmeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-readme-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        commands = commands_of(Path(REPOSITORY, "README.md").read_text(), "As a service")
        self.before = [each for each in commands if each.startswith(DONE_BEFORE)]
        self.assertEqual(len(self.before), len(DONE_BEFORE), self.before)
        self.commands = commands[len(self.before) :]

    def boot(self, *arguments):
        self.machine = Machine(self.folder, *arguments)
        self.addCleanup(self.machine.end)
        self.machine.boot()

    def does(self, command, folder=CLONE):
        done = self.machine.run(command, folder)
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}")
        return done.stdout

    def written(self):
        return [json.loads(line) for line in self.does("cat /var/lib/hiveframed/orders.ndjson").splitlines()]

    def test_as_it_says(self):
        self.boot((BUILD, REPOSITORY))
        # A clone with its build.
        link = f"ln -s {shlex.quote(REPOSITORY)}/* {CLONE}; rm -f {CLONE}/build; mkdir {CLONE}/build"
        self.does(f"mkdir -p {CLONE}; {link}; ln -s {shlex.quote(BUILD)} {CLONE}/build/release", "/")
        self.check()

    def test_from_an_empty_debian(self):
        root = self.folder / "root"
        subprocess.run([BARE_SYSTEM, "make", root], check=True)
        # What an installer adds to it.
        self.enter(root, "apt-get -qq update && apt-get -qq -y install --no-install-recommends systemd systemd-sysv")
        begin = "\n".join(self.before).replace("REPOSITORY", "file:///repository")
        self.enter(root, f"export DEBIAN_FRONTEND=noninteractive; cd {IN}; {begin}", "--bind-read-only", REPOSITORY, "/repository")
        self.boot((), root)
        self.check()

    def enter(self, root, script, *options):
        done = subprocess.run(
            [BARE_SYSTEM, "enter", root, *options, "--", "bash", "-euc", script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout[-5000:])

    def check(self):
        answers = []
        for command in self.commands:
            answers.append((command, self.does("set -euo pipefail\n" + command)))
            if "ctl reload" in command:
                # What is looked at next shows that it goes on.
                size = self.size()
                self.machine.await_(lambda: self.size() != size)
        self.check_answers(answers)

    def size(self):
        return self.machine.run("stat -c %s /var/lib/hiveframed/orders.ndjson").stdout

    def check_answers(self, answers):
        def answer_to(part):
            (found,) = [answer for command, answer in answers if part in command]
            return found

        self.assertEqual(self.machine.show("hiveframed", "ActiveState"), "active")
        self.assertEqual(json.loads(answer_to("8610/pipelines/orders"))["state"], "running")
        self.assertIn('pipeline="orders"', answer_to("/metrics"))
        self.assertRegex(answer_to("ctl list"), r"orders +running")
        self.assertIn("[orders]", answer_to("journalctl"))
        values = answer_to("hiveframed eval").split()
        self.assertTrue(values)
        self.assertLessEqual(set(values), {"true", "false"})
        reloads = [answer for command, answer in answers if command == "hiveframed ctl reload"]
        self.assertEqual(len(reloads), 2)
        self.assertRegex(reloads[0], r"orders +added")
        self.assertRegex(reloads[1], r"orders +replaced")
        # The edit counts: at least 100 at first, at least 400 since.
        amounts = [record["amount"] for record in self.written()]
        self.assertEqual(min(amounts), 100)
        self.assertGreaterEqual(amounts[-1], 400)


if __name__ == "__main__":
    where = "test_from_an_empty_debian" if "--bare" in sys.argv else "test_as_it_says"
    arguments = [each for each in sys.argv if each != "--bare"]
    BUILD, REPOSITORY = arguments.pop(1), arguments.pop(1)
    skip_where_none_boots()
    unittest.main(argv=arguments, defaultTest=["CommandsTest", f"ReadmeTest.{where}"])
