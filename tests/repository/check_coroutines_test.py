"""tests/check_coroutines finds what it is for, and nothing else."""

import pathlib
import subprocess
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().parents[1] / "check_coroutines"


def check(line):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "pipeline").mkdir()
        (pathlib.Path(folder) / "pipeline" / "x.cpp").write_text(line + "\n")
        done = subprocess.run([CHECK, folder], capture_output=True, text=True)
        return done.returncode, done.stdout


class CheckCoroutines(unittest.TestCase):
    def test_what_gcc_mistakes(self):
        for line in (
            "  if (co_await ready()) go();",
            "  if (!co_await ready()) co_return;",
            "  while (co_await next()) {",
            "  } else if (co_await wait()) {",
            "  if (first(x) && !co_await second()) co_return;",
            "  return a || co_await b();",
            "  answer = Taken{co_await sink.write(request)};",
        ):
            status, found = check(line)
            self.assertEqual(status, 1, line)
            self.assertEqual(found, f"pipeline/x.cpp:1:{line}\n")

    def test_what_it_takes(self):
        for line in (
            "  const bool ready = co_await wait();",
            "  if (ready) co_await go();",
            "  if (sent) sent = co_await send(std::move(next));",
            "  for (Outlet* each : outlets) co_await each->flush();",
            "  while (writing != 0) co_await idle.wait();",
            "  // if (co_await x()) is what it says",
        ):
            status, found = check(line)
            self.assertEqual((status, found), (0, "no co_await where GCC 12 mistakes it\n"), line)


if __name__ == "__main__":
    unittest.main()
