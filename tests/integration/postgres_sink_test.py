#!/usr/bin/env python3
"""Files written to tables of a real PostgreSQL, which its own clients read.

    postgres_sink_test.py BINARY [unittest's arguments]
"""

import datetime
import decimal
import json
import os
import sys
import unittest

from postgres_case import PostgresCase
from services import ports
from services.postgres import PASSWORD

UTC = datetime.timezone.utc


class AppendTest(PostgresCase):
    def test_every_type_arrives_as_it_was(self):
        self.create_table(
            "id int PRIMARY KEY, small smallint, big bigint, exact numeric, money numeric(20,2), real8 float8, yes boolean,"
            " note text, short varchar(5), pad char(4), doc jsonb, raw json, octets bytea, at timestamptz, local timestamp,"
            " day date, clock time, span interval, name uuid, addr inet, tags text[], grid int[][], docs jsonb[], ranges int4range"
        )
        record = {
            "id": 1,
            "small": -32768,
            "big": 9223372036854775807,
            "exact": "@0.1000000000000000000000000000000000000001",
            "money": 12.1,
            "real8": 0.1,
            "yes": True,
            "note": 'tab\t, end\n, return\r, \\N \\. "ä😀"',
            "short": "äöü€x",
            "pad": "ab",
            "doc": {"b": [1, 2.5, None, "\\"], "a": {"é": True}},
            "raw": {"b": 1, "a": 2},
            "octets": "é",
            "at": "2026-03-01T12:00:00.123456+02:00",
            "local": "2026-03-01T12:00:00",
            "day": "2026-03-01",
            "clock": "23:59:59.5",
            "span": "1 day 02:00:00",
            "name": "b1c9e1b0-0000-4000-8000-000000000001",
            "addr": "10.0.0.1/24",
            "tags": ["a,b", None, 'q"\\', "", "NULL", "{}"],
            "grid": [[1, 2], [3, 4]],
            "docs": [{"a": [1]}, None, "x"],
            "ranges": "[1,5)",
        }
        line = json.dumps(record).replace('"@0.1000000000000000000000000000000000000001"', "0.1000000000000000000000000000000000000001")
        self.write([line, {"id": 2}])
        found, nulls = self.rows(
            "id, small, big, exact, money, real8, yes, note, short, pad, doc, raw::text, octets, at, local, day, clock, span,"
            " name::text, addr::text, tags, grid, docs, ranges::text"
        )
        expected = (
            1, -32768, 9223372036854775807, decimal.Decimal("0.1000000000000000000000000000000000000001"),
            decimal.Decimal("12.10"), 0.1, True, record["note"], "äöü€x", "ab  ", record["doc"], '{"b":1,"a":2}',
            "é".encode(), datetime.datetime(2026, 3, 1, 10, 0, 0, 123456, UTC), datetime.datetime(2026, 3, 1, 12),
            datetime.date(2026, 3, 1), datetime.time(23, 59, 59, 500000), datetime.timedelta(days=1, hours=2),
            record["name"], record["addr"], record["tags"], record["grid"], record["docs"], "[1,5)",
        )  # fmt: skip
        found = tuple(bytes(each) if isinstance(each, memoryview) else each for each in found)
        self.assertEqual(found, expected)
        self.assertEqual(nulls, (2, *[None] * 23))

    def test_values_that_json_does_not_have(self):
        self.create_table("id int, at timestamptz, day date, span interval, clock time, octets bytea, big numeric")
        transforms = """transforms:
  - set:
      at: timestamp(record.at)
      day: "record.id == 1 ? null : '1999-01-01'"
      span: duration('-90.5s')
      clock: duration('3723.000001s')
      octets: bytes(record.octets)
      big: 18446744073709551615u"""
        content = "".join(map(chr, range(1, 1000))).encode()
        self.write([{"id": 1, "at": "1999-12-31T23:59:59.999999Z", "octets": content.decode()}], transforms)
        ((number, at, day, span, clock, octets, big),) = self.rows()
        self.assertEqual((number, at, day), (1, datetime.datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), None))
        self.assertEqual((span, clock), (datetime.timedelta(seconds=-90.5), datetime.time(1, 2, 3, 1)))
        self.assertEqual((bytes(octets), big), (content, 18446744073709551615))

    def test_defaults_identities_and_generated_columns(self):
        self.create_table(
            "id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT '2020-01-01Z', n int DEFAULT 7,"
            " twice int GENERATED ALWAYS AS (n * 2) STORED, note text"
        )
        self.write(
            [
                {"note": "all"},
                {"n": None, "note": "null is not absent"},
                {"id": 100, "n": 3, "twice": 99, "note": "given"},
                {"note": "all again"},
                {"at": "2021-01-01T00:00:00Z", "note": "at"},
            ]
        )
        found = {note: (number, at.year, n, twice) for number, at, n, twice, note in self.rows()}
        self.assertEqual(found["given"], (100, 2020, 3, 6))
        self.assertEqual(found["null is not absent"][1:], (2020, None, None))
        self.assertEqual(found["all"][1:], (2020, 7, 14))
        self.assertEqual(found["at"][1:], (2021, 7, 14))
        self.assertEqual(sorted(each[0] for each in found.values()), [1, 2, 3, 4, 100])

    def test_columns_by_a_map_and_fields_without_a_column(self):
        self.create_table('id int, "Customer Name" text, n int DEFAULT 5')
        records = [{"number": 1, "customer": {"name": "Ada"}, "n": 9}, {"number": 2}]
        self.write(records, columns={"id": "number", "Customer Name": "customer.name"})
        self.assertEqual(self.rows(), [(1, "Ada", 5), (2, None, 5)])
        self.write([{"id": 3, "other": 1}], extra_fields="drop")
        self.assertEqual(self.rows()[2], (3, None, 5))
        done = self.write([{"id": 3, "idd": 1}], status=1)
        self.assertIn(f"field 'idd' has no column in public.{self.name}; did you mean 'id'?", done.messages)
        done = self.write([{"id": 3}], status=1, columns={"idd": "id"})
        self.assertIn("it has no column 'idd'; did you mean 'id'?", done.messages)

    def test_tables_by_the_record_in_a_schema(self):
        self.postgres.execute("SET ROLE writer; CREATE SCHEMA sales; CREATE TABLE sales.de (id int); CREATE TABLE sales.fr (id int)")
        records = [{"id": i, "country": ("de", "fr", "xx")[i % 3]} for i in range(3000)]
        more = "on_error: {dead_letter: dead.ndjson}"
        done = self.write(records, more, schema="sales", table="{{ record.country }}", columns={"id": "id"})
        self.assertEqual(done.pipeline()["rejected"], 1000)
        for i, country in enumerate(("de", "fr")):
            found = [each for (each,) in self.postgres.execute(f"SELECT id FROM sales.{country} ORDER BY id")]
            self.assertEqual(found, list(range(i, 3000, 3)))
        self.assertEqual({each["error"]["message"] for each in self.dead_letters()}, {"there is no table sales.xx"})

    def test_names_are_names_whatever_they_hold(self):
        self.postgres.execute('SET ROLE writer; CREATE TABLE "a""b; DROP TABLE x" ("c""d" int, "select" text)')
        self.write([{'c"d': 1, "select": "'; DROP TABLE y; --"}], table='a"b; DROP TABLE x')
        self.assertEqual(self.postgres.execute('SELECT * FROM "a""b; DROP TABLE x"'), [(1, "'; DROP TABLE y; --")])

    def test_a_column_that_is_added_or_dropped_while_it_runs(self):
        self.create_table("id int, gone text")
        fifo = self.folder / "in"
        os.mkfifo(fifo)
        more = "batch: {linger_ms: 0}\non_error: {dead_letter: dead.ndjson}"
        run = self.start(self.pipeline(f"{{type: file, path: {fifo}, format: ndjson}}", more=more))
        # Both ways, so that it does not wait for a run that failed.
        with open(os.open(fifo, os.O_RDWR), "w", buffering=1) as out:
            out.write('{"id": 1, "gone": "x"}\n')
            self.wait_for(lambda: len(self.rows("id")) == 1, run)
            self.postgres.execute(f"ALTER TABLE {self.name} DROP COLUMN gone, ADD COLUMN added int")
            out.write('{"id": 2, "added": 5}\n{"id": 3}\n{"id": 4, "gone": "y"}\n')
            self.wait_for(lambda: len(self.rows("id")) == 3 and self.dead_letters(), run)
        done = run.wait(60)
        self.assertEqual(done.status, 0, done.messages)
        self.assertEqual(self.rows("id, added"), [(1, None), (2, 5), (3, None)])
        self.assertEqual([each["error"]["message"] for each in self.dead_letters()],
                         [f"field 'gone' has no column in public.{self.name}; drop it, or set 'extra_fields: drop'"])  # fmt: skip


class RefusedRowsTest(PostgresCase):
    """What the server refuses is named, and the rest lands."""

    def refuse(self, records, bad, **options):
        """Writes, and answers the messages of dead letters, which are of the records with these ids."""
        done = self.write(records, "on_error: {dead_letter: dead.ndjson}", **options)
        letters = self.dead_letters()
        self.assertEqual(sorted(json.loads(each["original"])["id"] for each in letters), sorted(bad))
        self.assertEqual(done.pipeline()["rejected"], len(bad))
        expected = sorted({each["id"] for each in records} - set(bad))
        self.assertEqual([each for (each,) in self.rows("id")], expected)
        return {each["error"]["message"] for each in letters}

    def test_values_that_a_type_does_not_take(self):
        self.create_table("id int, n int")
        bad = {0, 1, 500, 999, 1000, 2500, 2999}
        said = self.refuse([{"id": i, "n": "x" if i in bad else i} for i in range(3000)], bad)
        self.assertEqual(said, {'PostgreSQL refuses it: invalid input syntax for type integer: "x" (SQLSTATE 22P02); column \'n\''})

    def test_every_second_one(self):
        self.create_table("id int, n smallint")
        bad = set(range(0, 2000, 2))
        said = self.refuse([{"id": i, "n": 99999 if i in bad else i} for i in range(2000)], bad, batch_size=500)
        self.assertEqual(said, {'PostgreSQL refuses it: value "99999" is out of range for type smallint (SQLSTATE 22003); column \'n\''})

    def test_all_of_them(self):
        self.create_table("id int, n int NOT NULL")
        self.refuse([{"id": i} for i in range(300)], set(range(300)))

    def test_keys_that_are_there_already_or_twice(self):
        self.create_table("id int, k int UNIQUE")
        self.postgres.execute(f"INSERT INTO {self.name} VALUES (-1, 7)")
        done = self.write([{"id": i, "k": i % 800} for i in range(1000)], "on_error: {dead_letter: dead.ndjson}")
        self.assertEqual(done.pipeline()["rejected"], 201)
        self.assertEqual(len(self.rows()), 800)
        self.assertEqual({each["error"]["message"].split(":")[1] for each in self.dead_letters()},
                         {f' duplicate key value violates unique constraint "{self.name}_k_key" (SQLSTATE 23505)'})  # fmt: skip

    def test_what_is_only_checked_at_the_end_of_a_statement(self):
        self.postgres.create_table(f"{self.name}_of (id int PRIMARY KEY)")
        self.postgres.execute(f"INSERT INTO {self.name}_of SELECT generate_series(0, 99)")
        self.create_table(f"id int, other int REFERENCES {self.name}_of")
        bad = {3, 400, 401, 999}
        said = self.refuse([{"id": i, "other": 1000 if i in bad else i % 100} for i in range(1000)], bad)
        self.assertEqual(len(said), 1)
        self.assertIn("violates foreign key constraint", said.pop())

    def test_what_is_only_checked_at_the_commit(self):
        self.create_table("id int, k int UNIQUE DEFERRABLE INITIALLY DEFERRED")
        done = self.write([{"id": i, "k": 5 if i in (5, 60) else i} for i in range(100)], "on_error: {dead_letter: dead.ndjson}")
        self.assertEqual(done.pipeline()["rejected"], 1)
        self.assertEqual(len(self.rows()), 99)

    def test_a_check_and_a_trigger_that_says_more(self):
        self.create_table("id int, n int CHECK (n >= 0)")
        self.postgres.execute(
            f"""CREATE FUNCTION {self.name}_f() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.n = 13 THEN RAISE 'not 13' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER t BEFORE INSERT ON {self.name} FOR EACH ROW EXECUTE FUNCTION {self.name}_f()"""
        )
        said = self.refuse([{"id": i, "n": {7: 13, 9: -1}.get(i, i + 100)} for i in range(100)], {7, 9})
        self.assertEqual(len(said), 2)
        self.assertIn("PostgreSQL refuses it: not 13 (SQLSTATE 23514)", said)

    def test_text_that_the_server_cannot_hold(self):
        self.create_table("id int, note text, doc jsonb")
        records = [{"id": i, "note": "a\0b" if i == 5 else "x", "doc": {"a": "\0"} if i == 6 else {}} for i in range(10)]
        said = self.refuse(records, {5, 6})
        self.assertIn("column 'note' (text) cannot hold a NUL character, as no text of PostgreSQL can", said)
        self.assertEqual(sum("22P05" in each for each in said), 1)

    def test_without_on_error_the_run_stops_and_names_it(self):
        self.create_table("id int, n int")
        done = self.write([{"id": 1, "n": 1}, {"id": 2, "n": "x"}], status=1)
        self.assertIn("in.ndjson line 2: PostgreSQL refuses it: invalid input syntax for type integer", done.messages)


class WrongSettingsTest(PostgresCase):
    def fail(self, status=1, **options):
        return self.write([{"id": 1}], status=status, **options).messages

    def test_one_clear_message_each(self):
        self.create_table("id int")
        self.postgres.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.only_there (id int)")
        self.assertIn(f"there is no such table; did you mean '{self.name}'?", self.fail(table=self.name[:-1]))
        self.assertIn("there is no such table; there is one in schema elsewhere: set 'schema'", self.fail(table="only_there"))
        self.assertIn("there is no such table; there is no schema 'publik'", self.fail(schema="publik", table="nothing_like_it"))
        self.assertIn('password authentication failed for user "writer"', self.fail(password="wrong"))
        self.assertIn('password authentication failed for user "nobody"', self.fail(user="nobody", uri=None, host=f"127.0.0.1:{self.postgres.port}", type="postgres", database="warehouse"))
        uri = self.postgres.uri().replace("/warehouse", "/warehous")
        self.assertIn('database "warehous" does not exist', self.fail(uri=uri))
        os.environ.pop("PGPASSWORD")
        self.assertIn("set 'password', PGPASSWORD or ~/.pgpass", self.fail())
        os.environ["PGPASSWORD"] = PASSWORD
        self.assertIn("set up TLS on the server, or set another sslmode", self.fail(sslmode="require"))
        self.postgres.execute(f"REVOKE INSERT ON {self.name} FROM writer")
        self.assertIn(f"permission denied for table {self.name} (SQLSTATE 42501); give the user the rights", self.fail())
        self.assertEqual(self.rows(), [])

    def test_passwords_by_option_pgpass_and_environment(self):
        self.create_table("id int")
        os.environ.pop("PGPASSWORD")
        self.write([{"id": 1}], password=PASSWORD)
        passfile = self.folder / "pgpass"
        passfile.write_text(f"127.0.0.1:{self.postgres.port}:*:writer:{PASSWORD}\n")
        passfile.chmod(0o600)
        self.write([{"id": 2}], passfile=str(passfile))
        os.environ["PGPASSWORD"] = PASSWORD
        self.write([{"id": 3}])
        self.assertEqual(self.rows(), [(1,), (2,), (3,)])

    def test_no_server_is_waited_for_and_the_next_host_is_taken(self):
        self.create_table("id int")
        nobody = ports.take()
        run = self.start(self.pipeline(self.write_input([{"id": 1}]), self.sink(port=nobody)))
        self.wait_for(lambda: "Connection refused" in run.messages(), run)
        run.process.terminate()
        done = run.wait(60)
        self.assertNotIn(PASSWORD, done.messages)
        hosts = [f"127.0.0.1:{nobody}", f"127.0.0.1:{self.postgres.port}"]
        self.write([{"id": 2}], arguments=["--from-start"], uri=None, type="postgres", host=hosts, user="writer", database="warehouse")
        self.assertEqual(self.rows(), [(2,)])


class TlsTest(PostgresCase):
    options = {"tls": True}

    def test_the_server_is_checked(self):
        self.create_table("id int")
        authority = str(self.postgres.certificates.certificate("authority"))
        stranger = str(self.postgres.certificates.certificate("stranger"))
        self.write([{"id": 1}], ssl=True, sslrootcert=authority)
        self.write([{"id": 2}], sslmode="verify-full", sslrootcert=authority)
        done = self.write([{"id": 3}], status=1, sslmode="verify-full", sslrootcert=stranger)
        self.assertIn("certificate verify failed; set sslrootcert", done.messages)
        done = self.write([{"id": 3}], status=1, sslmode="disable")
        self.assertIn("no pg_hba.conf entry", done.messages)
        self.assertEqual(self.rows(), [(1,), (2,)])


if __name__ == "__main__":
    PostgresCase.program = sys.argv.pop(1)
    unittest.main()
