#!/usr/bin/env python3
"""tests/container's reading of Dockerfiles and of what a build is given; and deploy/Dockerfile itself.

    dockerfile_test.py BINARY [unittest's arguments]
"""

import re
import subprocess
import sys
import sysconfig
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/container"))

from build import BASE, BuildError, find_user
from context import Ignored, context_files
from dockerfile import Copy, HealthCheck, MakeFolder, Mount, Run, needed_stages, read_stages
from instructions import DockerfileError

BINARY = ""


def read(*lines, **arguments):
    return read_stages("\n".join(lines) + "\n", arguments)


def image_of(*lines, **arguments):
    return read("FROM a", *lines, **arguments)[-1].image


def steps_of(*lines):
    return read("FROM a", *lines)[-1].steps


class DockerfileTest(unittest.TestCase):
    def refused(self, said, *lines):
        with self.assertRaises(DockerfileError) as caught:
            read(*lines)
        self.assertIn(said, str(caught.exception))
        return caught.exception.line

    def test_what_is_not_known_is_refused(self):
        for line in ("ADD a b", "ONBUILD RUN x", "SHELL [\"x\"]", "MAINTAINER me", "RUNN x", "run--mount=x y"):
            self.assertEqual(self.refused("is not known here", "FROM a", "", line), 3, line)
        for line in (
            "FROM --platform=linux/amd64 a",
            "RUN --network=none x",
            "RUN --mount x",
            "COPY --link a b",
            "COPY --from a b",
            "HEALTHCHECK --start-interval=1s CMD x",
        ):
            self.assertEqual(self.refused("the option '--", "FROM a", line), 2, line)
        for mount in ("type=secret,target=/x", "type=bind,target=x", "type=bind,target=/x,rw=true", "type=cache,from=a,target=/x"):
            self.refused("the mount", "FROM a", f"RUN --mount={mount} x")
        for line in ("# syntax=docker/dockerfile:1", "#escape=`", "# check = skip=all"):
            self.refused("parser directive", line, "FROM a")
        self.refused("here-documents", "FROM a", "RUN cat <<END", "x", "END")

    def test_what_is_wrong_is_refused(self):
        for said, lines in (
            ("there is no FROM", ("# nothing",)),
            ("before the first FROM", ("RUN x",)),
            ("says nothing", ("FROM a", "USER")),
            ("continued by none", ("FROM a", "RUN x \\")),
            ("no stage 'b' before", ("FROM a", "COPY --from=b x y")),
            ("no stage '0' before", ("FROM a", "COPY --from=0 x y")),
            ("no stage 'b' before", ("FROM a", "RUN --mount=type=bind,from=b,target=/x y", "FROM c AS b")),
            ("a stage 'b' already", ("FROM a AS b", "FROM a AS b")),
            ("an image AS a name", ("FROM a b",)),
            ("a source and a target", ("FROM a", "COPY x")),
            ("with a / at its end", ("FROM a", "COPY x y z")),
            ("no list of words in JSON", ("FROM a", "CMD ['x']")),
            ("no list of words in JSON", ("FROM a", 'ENTRYPOINT ["x", 1]')),
            ("no list of words in JSON", ("FROM a", "CMD []")),
            ("NAME=VALUE", ("FROM a", "ENV a b")),
            ("is not closed", ("FROM a", "ENV a='b")),
            ("not a variable", ("FROM a", "ENV a=${b:?c}")),
            ("takes one word", ("FROM a", "USER b c")),
            ("not a duration", ("FROM a", "HEALTHCHECK --interval=10 CMD x")),
            ("number of retries", ("FROM a", "HEALTHCHECK --retries=0 CMD x")),
            ("NONE, or CMD", ("FROM a", "HEALTHCHECK x")),
            ("not a port", ("FROM a", "EXPOSE http")),
        ):
            self.refused(said, *lines)

    def test_lines_are_joined(self):
        (step,) = steps_of("RUN a && \\", "# a comment", "", "    b \\", "    c", "# RUN d")
        self.assertEqual(step.command, ("/bin/sh", "-c", "a &&     b     c"))
        self.assertEqual(step.line, 2)

    def test_forms_of_commands(self):
        self.assertEqual(image_of('CMD ["a b", "$c"]').command, ("a b", "$c"))
        self.assertEqual(image_of("CMD a $b").command, ("/bin/sh", "-c", "a $b"))
        self.assertEqual(image_of('ENTRYPOINT ["a"]', 'CMD ["b"]').command, ("b",))
        self.assertEqual(image_of('CMD ["b"]', 'ENTRYPOINT ["a"]').command, ("b",))

    def test_an_entrypoint_drops_the_command_of_its_base(self):
        image = read("FROM a AS b", 'CMD ["c"]', "FROM b", 'ENTRYPOINT ["d"]')[-1].image
        self.assertEqual((image.entrypoint, image.command), (("d",), ()))
        self.assertEqual(read("FROM a AS b", 'CMD ["c"]', "FROM b", "USER 1")[-1].image.command, ("c",))

    def test_variables(self):
        lines = ("ENV a=1 b='$a x' c=\"$a x\" d=\\$a", "ENV e=${a}${none:-2}${a:+3}${none:+4}$none f=\"\\n\"")
        environment = image_of(*lines).environment
        # Those of the same instruction are not there yet.
        self.assertEqual(environment, {"a": "1", "b": "$a x", "c": " x", "d": "$a", "e": "123", "f": "\\n"})

    def test_arguments(self):
        lines = ("ARG r=1", "FROM a:$r AS b", "ARG s=2", "ARG t", "RUN x", "ENV s=3", "RUN y")
        stage = read(*lines)[0]
        self.assertEqual(stage.base, "a:1")
        self.assertEqual([step.environment for step in stage.steps], [{"s": "2"}, {"s": "3"}])
        stage = read(*lines, r="4", s="5", t="6")[0]
        self.assertEqual(stage.base, "a:4")
        self.assertEqual([step.environment for step in stage.steps], [{"s": "5", "t": "6"}, {"s": "3", "t": "6"}])
        # What stands before FROM is for FROM.
        self.assertEqual(image_of("ENV x=$r", r="1").environment, {"x": ""})

    def test_what_a_command_runs_with(self):
        self.assertEqual(
            steps_of("WORKDIR /a", "WORKDIR b", "USER 1:2", "ENV c=d", "RUN --mount=type=cache,target=/e --mount=target=/f,source=g h"),
            (
                MakeFolder(2, "/a"),
                MakeFolder(3, "/a/b"),
                Run(
                    6, ("/bin/sh", "-c", "h"), {"c": "d"}, "1:2", "/a/b", (Mount("cache", "/e"), Mount("bind", "/f", "g"))
                ),
            ),
        )

    def test_copies(self):
        steps = steps_of("WORKDIR /w", "COPY a b", "COPY --chown=1:2 --chmod=600 a b ./", 'COPY ["a b", "/c d"]', "COPY . .")
        self.assertEqual(
            steps[1:],
            (
                Copy(3, ("a",), "/w/b"),
                Copy(4, ("a", "b"), "/w/", owner="1:2", mode="600"),
                Copy(5, ("a b",), "/c d"),
                Copy(6, (".",), "/w/"),
            ),
        )

    def test_stages(self):
        stages = read(
            "FROM a AS one", "ENV x=1", "USER 5", "FROM a AS two", "FROM a AS three", "RUN y",
            "FROM one AS four", "COPY --from=three x y",
        )  # fmt: skip
        self.assertEqual([stage.name for stage in needed_stages(stages)], ["one", "three", "four"])
        self.assertEqual((stages[3].image.environment, stages[3].image.user), ({"x": "1"}, "5"))
        self.assertEqual(stages[2].image.user, "")

    def test_health_check(self):
        line = 'HEALTHCHECK --interval=1m30s --timeout=500ms --start-period=0s --retries=2 CMD ["a", "b"]'
        self.assertEqual(image_of(line).health_check, HealthCheck(("a", "b"), 90.0, 0.5, 0.0, 2))
        self.assertEqual(image_of("HEALTHCHECK CMD a").health_check, HealthCheck(("/bin/sh", "-c", "a")))
        self.assertEqual(image_of(line, "HEALTHCHECK NONE").health_check, HealthCheck())

    def test_what_a_container_is_started_with(self):
        image = image_of("VOLUME /a /b", 'VOLUME ["/c d"]', "EXPOSE 1 2/udp", "STOPSIGNAL SIGINT", 'LABEL a="b c" \\', "d=e")
        self.assertEqual(image.volumes, ("/a", "/b", "/c d"))
        self.assertEqual((image.ports, image.stop_signal, image.labels), (("1", "2/udp"), "SIGINT", {"a": "b c", "d": "e"}))

    def test_users(self):
        with tempfile.TemporaryDirectory() as folder:
            etc = Path(folder, "etc")
            etc.mkdir()
            (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\nme:x:10:20:m:/h:/bin/sh\n")
            (etc / "group").write_text("root:x:0:\nus:x:30:\n")
            self.assertEqual(find_user(folder, "me"), (10, 20, "/h"))
            self.assertEqual(find_user(folder, "me:us"), (10, 30, "/h"))
            self.assertEqual(find_user(folder, "10:40"), (10, 40, "/h"))
            self.assertEqual(find_user(folder, "50"), (50, 0, "/"))
            for user in ("you", "me:them"):
                with self.assertRaises(BuildError):
                    find_user(folder, user)


class ContextTest(unittest.TestCase):
    def test_patterns(self):
        ignored = Ignored("# a comment\n*\n!a\n!/b/c\na/*.md\n**/d\n!x?.txt\n")
        for path in ("z", "a/r.md", "a/d", "a/n/d/m", "b/d", "x.txt", "b", "d"):
            self.assertTrue(ignored(path), path)
        for path in ("a", "a/r", "a/n/r.md", "b/c", "b/c/n", "x1.txt"):
            self.assertFalse(ignored(path), path)
        with self.assertRaises(ValueError):
            Ignored("[ab]")

    def test_files_of_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("a/b/c", "a/d", "e/f", ".git/x", "g"):
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
            Path(folder, "a/link").symlink_to("/nowhere")
            Path(folder, "a/folder").symlink_to("../e")
            self.assertEqual(len(context_files(folder)), 7)
            Path(folder, ".dockerignore").write_text("*\n!a\n!e/f\na/d\n")
            self.assertEqual(context_files(folder), ["a/b/c", "a/folder", "a/link", "e/f"])


class ImageTest(unittest.TestCase):
    """deploy/Dockerfile, as far as it can be seen without a build; tests/container/run builds it."""

    @classmethod
    def setUpClass(cls):
        cls.stages = read_stages((REPOSITORY / "deploy/Dockerfile").read_text(), base_image=BASE)
        cls.image = cls.stages[-1].image
        cls.commands = [step.command[-1] for stage in cls.stages for step in stage.steps if isinstance(step, Run)]
        cls.files = set(context_files(REPOSITORY))

    def test_packages_come_from_their_list(self):
        installed = re.findall(r"deploy/install-packages (.*?)(?:\s*&&|$)", "\n".join(self.commands), re.M)
        self.assertEqual(installed, ["build", "runtime"])
        for command in self.commands:
            self.assertNotRegex(command, r"(^|[\s;&|])(apt|apt-get|dpkg|curl|wget)\s")
        listed = self.listed("runtime")
        # The certificates are what TLS checks the other side by; no library depends on them.
        self.assertEqual(sorted(listed), sorted(["ca-certificates", *self.linked_packages()]))

    def listed(self, section):
        text = (REPOSITORY / "deploy/packages/bookworm.txt").read_text()
        found = re.search(rf"^\[{section}\]\n(.*?)(?=^\[|\Z)", text, re.M | re.S)
        return [line for line in found[1].splitlines() if line and not line.startswith("#")]

    def linked_packages(self):
        """Of the shared objects that the binary names."""
        dump = subprocess.run(["readelf", "-d", BINARY], stdout=subprocess.PIPE, text=True, check=True).stdout
        folder, packages = sysconfig.get_config_var("MULTIARCH"), set()
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dump):
            found = subprocess.run(["dpkg", "-S", f"*/{folder}/{name}"], stdout=subprocess.PIPE, text=True, check=False)
            packages |= {line.partition(":")[0] for line in found.stdout.splitlines()}
        return sorted(packages)

    def test_runs_as_a_user_that_is_known_by_number(self):
        uid, _, gid = self.image.user.partition(":")
        self.assertRegex(self.image.user, r"^\d+:\d+$")
        self.assertGreater(int(uid), 0)
        self.assertGreater(int(gid), 0)
        self.assertTrue([command for command in self.commands if f"useradd --uid {uid} --gid {gid}" in command])

    def test_only_what_is_needed_is_given_to_the_build(self):
        for folder in re.findall(r"^add_subdirectory\((\w+)\)", (REPOSITORY / "CMakeLists.txt").read_text(), re.M):
            self.assertIn(f"{folder}/CMakeLists.txt", self.files)
        for path in self.files:
            self.assertNotRegex(path, r"^(build|\.git|tests)/|\.md$|Dockerfile|compose")

    def test_starts_what_the_unit_starts(self):
        unit = (REPOSITORY / "deploy/hiveframed.service").read_text()
        command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].split()
        self.assertEqual(list(self.image.entrypoint + self.image.command), command)
        self.assertEqual(self.image.stop_signal, "SIGTERM")

    def test_health_is_asked_of_the_program_itself(self):
        check = self.image.health_check
        self.assertEqual(check.command[0], self.image.entrypoint[0])
        # Of the same daemon file: it says where to ask.
        self.assertEqual(check.command[-2:], self.image.command[-2:])
        done = subprocess.run([BINARY, *check.command[1:3], "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_survives_is_in_volumes(self):
        settings = (REPOSITORY / "deploy/hiveframed.yaml").read_text()
        for name in ("pipelines", "state_dir"):
            self.assertIn(re.search(rf"^{name}: (\S+)$", settings, re.M)[1], self.image.volumes)


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
