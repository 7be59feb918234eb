#!/usr/bin/env python3
"""tests/check_dependencies finds each kind of breach, and nothing in a tree that is sound."""

import runpy
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK = Path(__file__).resolve().parent.parent / "check_dependencies"
breaches = runpy.run_path(str(CHECK))["breaches"]

SOUND = {
    "config/text.hpp": "#include <string>\n",
    "config/option_table.hpp": '#include "config/text.hpp"\n',
    "config/yaml_builder.hpp": "#include <yaml-cpp/eventhandler.h>\n",
    "config/yaml.cpp": '#include "config/yaml_builder.hpp"\n#include "config/text.hpp"\n',
    "pipeline/record/value.hpp": "#include <cstdint>\n",
    "pipeline/sink.hpp": '#include <boost/asio/awaitable.hpp>\n#include "pipeline/record/value.hpp"\n',
    "pipeline/expr/matches.cpp": "#include <re2/re2.h>\n",
    "pipeline/codec/json.cpp": "#include <simdjson.h>\n",
    "pipeline/runtime/flow/retry.hpp": '#include "pipeline/record/value.hpp"\n',
    "pipeline/runtime/exec/loop.hpp": '#include <boost/asio/strand.hpp>\n#include "pipeline/sink.hpp"\n',
    "pipeline/runtime/state/sqlite.hpp": "#include <sqlite3.h>\n",
    "pipeline/runtime/state/database.hpp": '#include "pipeline/runtime/state/sqlite.hpp"\n',
    "pipeline/runtime/state/store.hpp": "#include <string>\n",
    "pipeline/runtime/state/store.cpp": '#include <fcntl.h>\n#include "pipeline/runtime/state/database.hpp"\n',
    "pipeline/transform/kinds.hpp": "#include <string_view>\n",
    "pipeline/transform/drop.cpp": '#include "config/option_table.hpp"\n#include "pipeline/transform/kinds.hpp"\n',
    "pipeline/transform/registry.cpp": '#include "pipeline/transform/kinds.hpp"\n',
    "pipeline/transform/registry.hpp": "#include <vector>\n",
    "pipeline/blocking.hpp": "#include <boost/asio/co_spawn.hpp>\n",
    "net/client.hpp": '#include <boost/asio/io_context.hpp>\n#include "config/text.hpp"\n',
    "net/client.cpp": '#include <boost/beast/http.hpp>\n#include "net/client.hpp"\n',
    "connectors/file/sink.hpp": '#include "pipeline/sink.hpp"\n#include "pipeline/blocking.hpp"\n',
    "connectors/file/settings.cpp": '#include "config/option_table.hpp"\n#include "connectors/file/sink.hpp"\n',
    "connectors/file/source_settings.cpp": '#include "config/option_table.hpp"\n',
    "connectors/kafka/sink.hpp": '#include "net/client.hpp"\n',
    "connectors/kafka/sink.cpp": '#include <librdkafka/rdkafka.h>\n#include "connectors/kafka/sink.hpp"\n',
    "connectors/registry.cpp": '#include "connectors/file/sink.hpp"\n#include "connectors/kafka/sink.hpp"\n',
    "daemon/cli/main.cpp": '#include <CLI/CLI.hpp>\n#include <spdlog/spdlog.h>\n',
    "pipeline/csv_options.cpp": '#include "config/option_table.hpp"\n',
    "daemon/manager/pipeline_options.cpp": '#include "config/option_table.hpp"\n',
    "daemon/manager/flow_sections.cpp": '#include "config/option_table.hpp"\n',
    "daemon/manager/manager.cpp": '#include "pipeline/runtime/exec/loop.hpp"\n',
    "tests/unit/daemon/main_test.cpp": '#include <spdlog/spdlog.h>\n#include "pipeline/runtime/flow/retry.hpp"\n',
    "tests/connectors/stalls.hpp": '#include "pipeline/sink.hpp"\n',
}

# The file, the line it gains, and a part of the message expected.
BREACHES = [
    ("config/text.hpp", '#include "pipeline/sink.hpp"', "config knows only itself"),
    ("config/text.hpp", '#include "net/client.hpp"', "config knows only itself"),
    ("pipeline/sink.hpp", '#include "config/yaml_builder.hpp"', "yaml_builder.hpp brings"),
    ("config/text.hpp", "#include <boost/asio/awaitable.hpp>", "free of Asio"),
    ("config/yaml.cpp", "#include <spdlog/spdlog.h>", "spdlog"),
    ("config/yaml.cpp", '#include "text.hpp"', "not a path from the root"),
    ("config/yaml.cpp", '#include "config/../config/gone.hpp"', "not a path from the root"),
    ("config/yaml.cpp", "#include <config/text.hpp>", "use quotes"),
    ("pipeline/record/value.hpp", '#include "pipeline/transform/registry.hpp"', "includes nothing of ours"),
    ("pipeline/record/value.hpp", '#include "config/text.hpp"', "includes nothing of ours"),
    ("pipeline/sink.hpp", '#include "connectors/file/sink.hpp"', "pipeline may include"),
    ("pipeline/sink.hpp", '#include "net/client.hpp"', "pipeline may include"),
    ("pipeline/sink.hpp", '#include "pipeline/runtime/flow/retry.hpp"', "the runtime is for the runtime only"),
    ("pipeline/transform/kinds.hpp", '#include "config/option_table.hpp"', "that declare options"),
    ("pipeline/transform/registry.cpp", '#include "config/option_table.hpp"', "that declare options"),
    ("connectors/file/sink.hpp", '#include "config/option_table.hpp"', "that declare options"),
    ("connectors/file/sink.cpp", '#include "config/option_table.hpp"', "that declare options"),
    ("connectors/registry.cpp", '#include "config/option_table.hpp"', "that declare options"),
    ("daemon/cli/main.cpp", '#include "config/option_table.hpp"', "that declare options"),
    ("daemon/manager/manager.cpp", '#include "config/option_table.hpp"', "that declare options"),
    ("pipeline/sink.hpp", "#include <spdlog/spdlog.h>", "spdlog"),
    ("pipeline/sink.hpp", "#include <rapidjson/document.h>", "RapidJSON"),
    ("pipeline/transform/kinds.hpp", '#include "pipeline/blocking.hpp"', "heavy headers"),
    ("pipeline/expr/matches.cpp", "#include <boost/asio.hpp>", "parts of Asio"),
    ("pipeline/expr/matches.cpp", "#include <sqlite3.h>", "SQLite"),
    ("pipeline/expr/matches.cpp", "#include <yaml-cpp/yaml.h>", "yaml-cpp"),
    ("pipeline/codec/json.cpp", "#include <boost/beast/core.hpp>", "Beast"),
    ("pipeline/codec/json.cpp", "#include <librdkafka/rdkafka.h>", "librdkafka"),
    ("pipeline/codec/json.cpp", "#include <arrow/api.h>", "Arrow"),
    ("pipeline/runtime/flow/retry.hpp", "#include <fstream>", "no input or output"),
    ("pipeline/runtime/flow/retry.hpp", "#include <boost/asio/awaitable.hpp>", "free of Asio"),
    ("pipeline/runtime/exec/loop.hpp", '#include "daemon/manager/manager.cpp"', "pipeline may include"),
    ("pipeline/runtime/exec/loop.hpp", "#include <sqlite3.h>", "SQLite"),
    ("pipeline/runtime/exec/loop.hpp", '#include "pipeline/runtime/state/sqlite.hpp"', "SQLite"),
    ("pipeline/runtime/exec/loop.hpp", '#include "pipeline/runtime/state/database.hpp"', "SQLite"),
    ("net/client.hpp", '#include "pipeline/sink.hpp"', "net may include"),
    ("net/client.hpp", "#include <boost/beast/http.hpp>", "Beast"),
    ("connectors/kafka/sink.hpp", '#include "connectors/file/sink.hpp"', "a connector may include itself"),
    ("connectors/kafka/sink.cpp", '#include "connectors/file/sink.hpp"', "a connector may include itself"),
    ("connectors/kafka/sink.cpp", '#include "pipeline/runtime/flow/retry.hpp"', "a connector may include itself"),
    ("connectors/kafka/sink.cpp", '#include "daemon/cli/main.cpp"', "a connector may include itself"),
    ("connectors/kafka/sink.hpp", "#include <librdkafka/rdkafka.h>", "librdkafka"),
    ("connectors/kafka/sink.cpp", "#include <libpq-fe.h>", "libpq"),
    ("connectors/kafka/sink.cpp", "  #  include <simdjson.h>", "simdjson"),
    ("connectors/registry.cpp", '#include "pipeline/runtime/exec/loop.hpp"', "the registry may include"),
    ("daemon/cli/main.cpp", '#include "tests/connectors/stalls.hpp"', "nothing of tests"),
    ("daemon/manager/manager.cpp", '#include "daemon/cli/main.cpp"', "neither command line nor HTTP"),
    ("daemon/manager/manager.cpp", '#include "net/client.hpp"', "neither command line nor HTTP"),
    ("daemon/manager/manager.cpp", "#include <CLI/CLI.hpp>", "CLI11"),
    ("tests/unit/daemon/main_test.cpp", '#include "main.hpp"', "not a path from the root"),
]


class CheckDependencies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path, text in SOUND.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def test_a_sound_tree_has_no_breach(self):
        self.assertEqual(breaches(self.root), [])

    def test_each_breach_is_found_alone_and_at_its_line(self):
        for path, line, message in BREACHES:
            with self.subTest(path=path, line=line):
                before = SOUND.get(path, "")
                (self.root / path).write_text(f"{before}{line}\n", encoding="utf-8")
                found = breaches(self.root)
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(f"{path}:{before.count(chr(10)) + 1}: "), found)
                self.assertIn(message, found[0])
                if path in SOUND:
                    (self.root / path).write_text(before, encoding="utf-8")
                else:
                    (self.root / path).unlink()

    def test_what_a_comment_says_is_no_include(self):
        (self.root / "config/text.hpp").write_text('// #include "daemon/cli/main.cpp"\n', encoding="utf-8")
        self.assertEqual(breaches(self.root), [])

    def test_the_exit_status_tells(self):
        def status():
            return subprocess.run([sys.executable, CHECK, self.root], stdout=subprocess.DEVNULL).returncode

        self.assertEqual(status(), 0)
        (self.root / "config/text.hpp").write_text('#include "pipeline/sink.hpp"\n', encoding="utf-8")
        self.assertEqual(status(), 1)


if __name__ == "__main__":
    unittest.main()
