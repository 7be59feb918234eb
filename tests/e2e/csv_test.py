#!/usr/bin/env python3
"""Files of rows, and the transforms that go with them, through the built binary.

    csv_test.py BINARY [unittest's arguments]
"""

import csv
import gzip
import io
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from launch import Run, run, write_pipeline

BINARY = ""
PATIENCE = 60  # seconds


class CsvTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-csv-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run_it(self, text, status=0, arguments=()):
        result = run(BINARY, self.folder, write_pipeline(self.folder, text), arguments=arguments, timeout=PATIENCE)
        self.assertEqual(result.status, status, result.messages)
        return result

    def records(self, name="out.ndjson"):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    # Reading

    def test_columns_have_their_types(self):
        self.write(
            "in.csv",
            "\ufeffid,amount,paid,at,note\r\n"
            '007,1.50,yes,2026-03-01 12:00:00Z,"two\r\nlines, and a ""quote"""\r\n'
            ",,,,\r\n"
            '8,"2",no,,""\r\n',
        )
        self.run_it(
            "source: {uri: in.csv, csv: {types: {id: int, amount: decimal, paid: bool, at: timestamp}}}\n"
            "sink: out.ndjson\n"
        )
        self.assertEqual(
            self.records(),
            [
                {"id": 7, "amount": 1.5, "paid": True, "at": "2026-03-01T12:00:00Z", "note": 'two\r\nlines, and a "quote"'},
                {"id": None, "amount": None, "paid": None, "at": None, "note": None},
                {"id": 8, "amount": 2, "paid": False, "at": None, "note": ""},
            ],
        )

    def test_options_of_the_dialect(self):
        self.write("in.txt", "1;'a;b';\\N;12\n2;x;'\\N';true\n")
        self.run_it(
            "source: {uri: in.txt, format: csv, csv: {delimiter: ';', quote: \"'\", header: false, "
            "columns: [id, name, note, extra], null_token: '\\N', values: guess}}\n"
            "sink: out.ndjson\n"
        )
        self.assertEqual(
            self.records(),
            [{"id": 1, "name": "a;b", "note": None, "extra": 12}, {"id": 2, "name": "x", "note": "\\N", "extra": True}],
        )

    def test_bad_rows_go_to_on_error_with_file_and_line(self):
        first = self.write("in/1.csv", 'id,name\n1,"a\nb"\n2\n3,c\n')
        second = self.write("in/2.csv.gz", gzip.compress(b'id,name\nx,d\n4,e,f\n5,"g"h\n6,i\n'))
        self.run_it(
            "source: {uri: in, csv: {types: {id: int}}}\n"
            "sink: out.ndjson\n"
            "on_error: {dead_letter: dead.ndjson}\n"
        )
        self.assertEqual(sorted(each["id"] for each in self.records()), [1, 3, 6])
        letters = {(each["source"], each["error"]["message"]): each for each in self.records("dead.ndjson")}
        self.assertEqual(
            sorted(letters),
            [
                (f"{first} line 4", "the row has 1 field for 2 columns"),
                (f"{second} line 2", "column 'id' holds 'x', which is not an integer"),
                (f"{second} line 3", "the row has 3 fields for 2 columns"),
                (f"{second} line 4", "field 2 goes on behind its closing quote; a quote within is written twice"),
            ],
        )
        self.assertEqual(letters[f"{second} line 4", "field 2 goes on behind its closing quote; a quote within is written twice"]["original"], '5,"g"h')

    def test_a_bad_row_stops_the_run_and_the_next_one_begins_with_it(self):
        path = self.write("in.csv", "id,name\n1,a\n2\n3,c\n")
        pipeline = "source: in.csv\nsink: {uri: out.csv, csv: {columns: [name, id]}}\n"
        result = self.run_it(pipeline, status=1)
        self.assertIn(f"{path} line 3: the row has 1 field for 2 columns", result.messages)
        self.assertEqual(self.read("out.csv"), "name,id\na,1\n")
        # The next run knows the columns, though it does not begin with the header.
        self.run_it(pipeline + "on_error: drop\n")
        self.assertEqual(self.read("out.csv"), "name,id\na,1\nc,3\n")

    def test_standard_input_and_output(self):
        pipeline = write_pipeline(
            self.folder,
            "source: {uri: stdin, format: csv}\nsink: {uri: stdout, format: csv, csv: {columns: [b, a], delimiter: \"\\t\"}}\n",
        )
        done = subprocess.run(
            [BINARY, "run", "--quiet", "--state-dir", self.folder / "state", pipeline],
            input=b'a,b\n1,"x,y"\n2,"x\ty"\n',
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, b'b\ta\nx,y\t1\n"x\ty"\t2\n')

    # Writing

    def test_what_python_reads_is_what_was_there(self):
        rows = [{"id": i, "text": text, "deep": {"list": [i, "a"]}} for i, text in enumerate(["plain", "a,b", 'say "hi"', "two\nlines", "", "größe", None])]
        self.write("in.ndjson", "".join(json.dumps(row) + "\n" for row in rows))
        self.run_it("source: in.ndjson\nsink: {uri: out.csv, csv: {columns: [id, text, deep.list, absent], null_token: 'NULL'}}\n")
        found = list(csv.reader(io.StringIO(self.read("out.csv"), newline="")))
        self.assertEqual(found[0], ["id", "text", "deep.list", "absent"])
        self.assertEqual(
            found[1:],
            [[str(row["id"]), "NULL" if row["text"] is None else row["text"], f'[{row["id"]},"a"]', "NULL"] for row in rows],
        )

    def test_a_second_run_appends_below_the_same_header(self):
        pipeline = "source: in.csv\nsink: {uri: out.csv.gz, csv: {columns: [id]}}\n"
        for i in range(3):
            self.write("in.csv", f"id\n{i}\n")
            self.run_it(pipeline)
        self.assertEqual(gzip.decompress((self.folder / "out.csv.gz").read_bytes()), b"id\n0\n1\n2\n")
        result = self.run_it(pipeline.replace("[id]", "[id, name]"), status=1)
        self.assertIn("it begins with 'id', and not with the header 'id,name'", result.messages)

    def test_partitions_and_templates_have_a_header_each(self):
        self.write("in.csv", "id,k\n1,a\n2,b\n3,a\n")
        self.run_it(
            "source: in.csv\n"
            "sinks:\n"
            "  - {uri: parts, format: csv, partition_by: k, csv: {columns: [id]}}\n"
            "  - {uri: \"by-{{ record.k }}.tsv\", csv: {columns: [id, k]}}\n"
        )
        self.assertEqual(self.read("parts/k=a/part-00000.csv"), "id\n1\n3\n")
        self.assertEqual(self.read("parts/k=b/part-00000.csv"), "id\n2\n")
        self.assertEqual(self.read("by-a.tsv"), "id\tk\n1\ta\n3\ta\n")
        self.assertEqual(self.read("by-b.tsv"), "id\tk\n2\tb\n")

    def test_many_rows_in_several_lanes_arrive_once(self):
        for lane in range(5):
            rows = "".join(f'{lane * 10_000 + i},"row\n{i}"\n' for i in range(10_000))
            self.write(f"in/{lane}.csv", "id,text\n" + rows)
        self.run_it("source: in\nsink: {uri: out.csv, csv: {columns: [id, text]}}\n", arguments=["--memory-limit", "8MiB"])
        with (self.folder / "out.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(sorted(int(row["id"]) for row in rows), list(range(50_000)))
        self.assertTrue(all(row["text"] == f"row\n{int(row['id']) % 10_000}" for row in rows))

    # Transforms

    def test_a_record_becomes_several(self):
        self.write(
            "in.ndjson",
            '{"id":1,"lines":[{"sku":"a","n":2},{"sku":"b","n":1}]}\n{"id":2,"lines":[]}\n{"id":3,"lines":[{"sku":"c","n":"x"}]}\n'
            '{"id":4,"lines":"none"}\n{"id":5,"lines":[{"sku":"d","n":5},{"sku":"e"}]}\n',
        )
        result = self.run_it(
            "source: in.ndjson\n"
            "transforms:\n"
            "  - explode: {field: lines, into: line, index: number}\n"
            "  - set: {total: record.line.n * 10}\n"
            "sink: {uri: out.csv, csv: {columns: [id, number, line.sku, total]}}\n"
            "on_error: {dead_letter: dead.ndjson}\n"
        )
        self.assertEqual(self.read("out.csv"), "id,number,line.sku,total\n1,0,a,20\n1,1,b,10\n")
        letters = self.records("dead.ndjson")
        self.assertEqual([json.loads(each["original"])["id"] for each in letters], [3, 4, 5])
        self.assertEqual(letters[1]["error"]["message"], "cannot explode 'lines': it is a string, not a list")
        counts = result.pipeline()
        self.assertEqual((counts["read"], counts["filtered"], counts["rejected"]), (5, 1, 3))

    def test_a_throttle_holds_back_and_does_not_delay_a_stop(self):
        self.write("in.csv", "id\n" + "".join(f"{i}\n" for i in range(100_000)))
        pipeline = write_pipeline(self.folder, "source: in.csv\ntransforms: [{throttle: {rate: 50}}]\nsink: out.ndjson\n")
        process = Run(BINARY, self.folder, pipeline)
        out = self.folder / "out.ndjson"
        deadline = time.monotonic() + PATIENCE
        while not (out.exists() and out.read_bytes().count(b"\n") >= 10):
            self.assertLess(time.monotonic(), deadline, process.messages())
            time.sleep(0.005)
        begun = time.monotonic()
        process.process.send_signal(signal.SIGTERM)
        result = process.wait(PATIENCE)
        self.assertEqual(result.status, 0, result.messages)
        self.assertLess(time.monotonic() - begun, 10)
        written = len(self.records())
        self.assertLess(written, 1000, "what was read before the stop is little")
        self.assertEqual([each["id"] for each in self.records()], [str(i) for i in range(written)])


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
