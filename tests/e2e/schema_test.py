#!/usr/bin/env python3
"""The JSON Schema that `schema` prints says of a pipeline file what `validate` says.

As far as JSON Schema can: to it 5.0 is the integer 5, and 1e6 is one too.

    schema_test.py BINARY [unittest's arguments]

The jsonschema library (python3-jsonschema, or of pip) is asked, too.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema

BINARY = ""

TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: TYPES["number"](value) and value == int(value),
}
ANNOTATIONS = {"$schema", "$defs", "title", "description", "default", "examples"}


class Checker:
    """JSON Schema 2020-12 as far as ours uses it; another keyword is an error."""

    def __init__(self, root):
        self.root = root

    def check_type(self, value, rule, _):
        return any(TYPES[each](value) for each in ([rule] if isinstance(rule, str) else rule))

    def check_enum(self, value, rule, _):
        return any(value == each and isinstance(value, bool) == isinstance(each, bool) for each in rule)

    def check_anyOf(self, value, rule, _):
        return any(self.accepts(value, each) for each in rule)

    def check_ref(self, value, rule, _):
        return self.accepts(value, self.definition(rule))

    def check_pattern(self, value, rule, _):
        return not isinstance(value, str) or re.search(rule, value)

    def check_minimum(self, value, rule, _):
        return not TYPES["number"](value) or value >= rule

    def check_maximum(self, value, rule, _):
        return not TYPES["number"](value) or value <= rule

    def check_items(self, value, rule, _):
        return not isinstance(value, list) or all(self.accepts(each, rule) for each in value)

    def check_required(self, value, rule, _):
        return not isinstance(value, dict) or all(each in value for each in rule)

    def check_properties(self, value, rule, _):
        return not isinstance(value, dict) or all(
            self.accepts(value[each], rule[each]) for each in rule if each in value
        )

    def check_additionalProperties(self, value, rule, schema):
        known = schema.get("properties", {})
        return not isinstance(value, dict) or all(
            self.accepts(value[each], rule) for each in value if each not in known
        )

    def definition(self, reference):
        found = self.root
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found

    def accepts(self, value, schema=None):
        schema = self.root if schema is None else schema
        if isinstance(schema, bool):
            return schema
        return all(
            getattr(self, "check_" + keyword.removeprefix("$"))(value, rule, schema)
            for keyword, rule in schema.items()
            if keyword not in ANNOTATIONS
        )


def generate(**options):
    return {"source": {"type": "generate", **options}, "sink": "discard"}


def pipeline(**more):
    return {"source": "generate", "sink": "discard", **more}


def files(**options):
    return {"source": {"type": "file", "path": "x", **options}, "sink": "discard"}


# Every JSON text is YAML too.
SOUND = [
    generate(),
    generate(count=5),
    generate(count="5"),
    generate(count="+05"),
    generate(count="-0"),
    generate(count=" 5 "),
    generate(count="${HIVEFRAME_TEST_UNSET:-5}"),
    generate(count=9223372036854775807),
    generate(seed="9223372036854775807"),
    generate(rate=0.5),
    generate(rate=1000.0),
    generate(rate="2.5"),
    generate(rate="1e3"),
    generate(template={"a": ["{{ now }}", 1, None]}),
    {"source": {"type": "${HIVEFRAME_TEST_UNSET:-generate}"}, "sink": "discard"},
    {"source": {"type": "${HIVEFRAME_TEST_UNSET:-generate}", "count": 2}, "sink": "discard"},
    {"source": 5, "sink": "discard"},
    {"source": {"uri": 5}, "sink": "discard"},
    {"source": "-", "sink": {"uri": "-"}},
    files(recursive=True),
    files(recursive="true"),
    files(recursive="False"),
    files(path=5),
    pipeline(ordered=False),
    pipeline(ordered="false"),
    pipeline(parallelism=2),
    pipeline(parallelism="2"),
    pipeline(parallelism="1024"),
    pipeline(max_record_bytes="16MiB"),
    pipeline(max_record_bytes=1048576),
    pipeline(max_record_bytes="1.5 mb"),
    pipeline(max_record_bytes="1GiB"),
    pipeline(max_record_bytes="999MB"),
    pipeline(max_record_bytes="1073741824"),
    pipeline(max_record_bytes="1073741824B"),
    pipeline(retry={"max_elapsed": "none"}),
    pipeline(retry={"max_elapsed": "1h30m"}),
    pipeline(retry={"max_elapsed": "1h 30m"}),
    pipeline(retry={"max_elapsed": "1.5s"}),
    pipeline(retry={"exponential_base": "2"}),
    pipeline(batch={"linger_ms": 10}),
    pipeline(batch={"linger_ms": "10"}),
    pipeline(delivery="at_most_once"),
    pipeline(delivery="${HIVEFRAME_TEST_UNSET:-at_most_once}"),
    pipeline(on_error="drop"),
    pipeline(on_error={"dead_letter": "./x.ndjson"}),
    pipeline(transforms=[{"filter": "record.a"}, {"drop": ["a"]}, {"set": {"b": "record.c"}}]),
    pipeline(name="a"),
    pipeline(name=5),
]

WRONG = [
    generate(count=-1),
    generate(count="-1"),
    generate(count=""),
    generate(count="x"),
    generate(count=True),
    generate(count=[5]),
    generate(count=None),
    generate(count="5k"),
    generate(count="5.0"),
    generate(count=5.5),
    generate(seed=9223372036854775808),
    generate(seed="9223372036854775808"),
    generate(seed="10000000000000000000"),
    generate(rate=0),
    generate(rate=1e10),
    generate(rate="-1"),
    generate(rate="nan"),
    generate(nope=1),
    {"source": {"type": "nosuch"}, "sink": "discard"},
    {"source": ["generate"], "sink": "discard"},
    {"source": None, "sink": "discard"},
    {"sink": "discard"},
    {"source": {"type": "file"}, "sink": "discard"},
    files(recursive="yes"),
    files(recursive=1),
    files(path=["x"]),
    pipeline(ordered="no"),
    pipeline(parallelism=0),
    pipeline(parallelism="0"),
    pipeline(parallelism="1025"),
    pipeline(max_record_bytes="1TiB"),
    pipeline(max_record_bytes="2GiB"),
    pipeline(max_record_bytes="1025MiB"),
    pipeline(max_record_bytes=1073741825),
    pipeline(max_record_bytes="1073741825"),
    pipeline(max_record_bytes=0),
    pipeline(max_record_bytes="0B"),
    pipeline(max_record_bytes="16M"),
    pipeline(max_record_bytes=1.5),
    pipeline(retry={"max_elapsed": 0}),
    pipeline(retry={"max_elapsed": "0s"}),
    pipeline(retry={"max_elapsed": 30}),
    pipeline(retry={"max_elapsed": "30m1h"}),
    pipeline(retry={"max_elapsed": "x"}),
    pipeline(retry={"max_elapsed": ""}),
    pipeline(batch={"linger_ms": "10ms"}),
    pipeline(delivery="often"),
    pipeline(delivery="$${x}"),
    pipeline(delivery="${}"),
    pipeline(on_error="ignore"),
    pipeline(transforms=[{"nosuch": 1}]),
    pipeline(name=["a"]),
    pipeline(nosuch=1),
]


class SchemaTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-schema-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.schema = json.loads(subprocess.run([BINARY, "schema"], capture_output=True, check=True).stdout)

    def write(self, documents):
        names = [self.folder / f"p{number}.yaml" for number in range(len(documents))]
        for path, document in zip(names, documents):
            path.write_text(json.dumps(document))
        return names

    def sound_files(self, names):
        environment = {key: value for key, value in os.environ.items() if key != "HIVEFRAME_TEST_UNSET"}
        sound = set()
        for name in names:  # one by one: together they would write the same files
            done = subprocess.run([BINARY, "validate", name], capture_output=True, env=environment)
            self.assertIn(done.returncode, (0, 2))
            if done.returncode == 0:
                sound.add(name)
        return sound

    def test_the_library_agrees(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)
        validator = jsonschema.Draft202012Validator(self.schema)
        checker = Checker(self.schema)
        for document in SOUND + WRONG:
            with self.subTest(document=document):
                self.assertEqual(validator.is_valid(document), checker.accepts(document))

    def test_agrees_with_validate(self):
        checker = Checker(self.schema)
        documents = SOUND + WRONG
        names = self.write(documents)
        sound = self.sound_files(names)
        for number, (name, document) in enumerate(zip(names, documents)):
            with self.subTest(document=document):
                self.assertEqual(name in sound, number < len(SOUND), "by validate")
                self.assertEqual(checker.accepts(document), number < len(SOUND), "by the schema")


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
