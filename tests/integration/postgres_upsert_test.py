#!/usr/bin/env python3
"""Upserts and deletions into tables of a real PostgreSQL, beside a model in a dictionary.

    postgres_upsert_test.py BINARY [unittest's arguments]
"""

import json
import random
import sys
import unittest

from postgres_case import PostgresCase


class UpsertTest(PostgresCase):
    def upsert(self, records, more="", **options):
        return self.write(records, more, mode="upsert", **options)

    def test_what_comes_later_replaces_what_was_there(self):
        self.create_table("id int PRIMARY KEY, n int, note text DEFAULT 'new'")
        self.postgres.execute(f"INSERT INTO {self.name} VALUES (0, 0, 'old'), (-1, 0, 'old')")
        rng = random.Random(7)
        model = {0: [0, "old"], -1: [0, "old"]}
        records = []
        for _ in range(5000):
            record = {"id": rng.randrange(700)}
            row = model.setdefault(record["id"], [None, "new"])
            if rng.random() < 0.8:
                record["n"] = row[0] = rng.randrange(1000)
            if rng.random() < 0.3:
                record["note"] = row[1] = rng.choice(["a", None, "tab\t"])
            records.append(record)
        self.upsert(records, key_columns="id")
        self.assertEqual({number: [n, note] for number, n, note in self.rows()}, model)

    def test_keys_of_several_columns_and_rows_of_nothing_but_a_key(self):
        self.create_table('id int, "Country" text, n int, UNIQUE ("Country", id)')
        records = [{"id": i % 10, "Country": "df"[i % 2], "n": i} for i in range(100)] + [{"id": 0, "Country": "d"}, {"id": 99, "Country": "x"}]
        self.upsert(records, key_columns=["Country", "id"])
        expected = sorted([(i % 10, "df"[i % 2], i) for i in range(90, 100)] + [(99, "x", None)])
        self.assertEqual(sorted(self.rows(), key=str), sorted(expected, key=str))

    def test_a_clause_that_adds_up_counts_every_record_once(self):
        self.create_table("id int PRIMARY KEY, n int NOT NULL")
        rng = random.Random(11)
        records = [{"id": rng.randrange(20), "n": rng.randrange(9)} for _ in range(4000)]
        self.upsert(records, on_conflict="(id) DO UPDATE SET n = t.n + EXCLUDED.n", batch_size=500)
        sums = {}
        for each in records:
            sums[each["id"]] = sums.get(each["id"], 0) + each["n"]
        self.assertEqual(dict(self.rows()), sums)
        self.upsert([{"id": 1, "n": 1}], on_conflict=f"ON CONSTRAINT {self.name}_pkey DO UPDATE SET n = {self.name}.n + 100")
        self.assertEqual(dict(self.rows())[1], sums[1] + 100)
        self.upsert([{"id": 1, "n": 1}, {"id": 1, "n": 2}], on_conflict="DO NOTHING")
        self.assertEqual(dict(self.rows())[1], sums[1] + 100)

    def test_a_clause_of_an_expression(self):
        self.create_table("id text, n int")
        self.postgres.execute(f"CREATE UNIQUE INDEX ON {self.name} (lower(id))")
        self.upsert([{"id": "A", "n": 1}, {"id": "b", "n": 2}, {"id": "a", "n": 3}], on_conflict="(lower(id)) DO UPDATE SET n = EXCLUDED.n")
        self.assertEqual(self.rows(), [("A", 3), ("b", 2)])

    def test_bad_rows_are_named_and_the_order_of_a_key_is_kept(self):
        self.create_table("id int PRIMARY KEY, n int CHECK (n >= 0), k int UNIQUE")
        records = [{"id": i % 50, "n": i} for i in range(1000)]
        for bad, change in {17: {"n": "x"}, 500: {"n": -1}, 995: {"n": -5}, 999: {"id": None}}.items():
            records[bad] |= change
        records += [{"id": 2000, "k": 1}, {"id": 2001, "k": 1}]
        done = self.upsert(records, "on_error: {dead_letter: dead.ndjson}", key_columns="id", batch_size=400)
        said = [(json.loads(each["original"]), each["error"]["message"]) for each in self.dead_letters()]
        self.assertEqual([each for each, _ in said], [records[i] for i in (17, 500, 995, 999, 1001)])
        self.assertIn('invalid input syntax for type integer: "x" (SQLSTATE 22P02); column \'n\'', said[0][1])
        self.assertIn("(SQLSTATE 23514)", said[1][1])
        self.assertIn("(SQLSTATE 23502)", said[3][1])
        self.assertIn("(SQLSTATE 23505)", said[4][1])
        self.assertEqual(done.pipeline()["rejected"], 5)
        model = {}
        for i, each in enumerate(records):
            if i not in (17, 500, 995, 999, 1001):
                model[each["id"]] = (each.get("n"), each.get("k"))
        self.assertEqual({number: (n, k) for number, n, k in self.rows()}, model)

    def test_identities_generated_columns_and_defaults(self):
        self.create_table("id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int DEFAULT 7, twice int GENERATED ALWAYS AS (n * 2) STORED")
        self.upsert([{"id": 5, "n": 1}, {"id": 6}, {"n": 9}, {"id": 5, "twice": 3}, {"id": 6, "n": None}], key_columns="id")
        self.assertEqual(self.rows(), [(1, 9, 18), (5, 1, 2), (6, None, None)])

    def test_one_clear_message_each(self):
        self.create_table("id int, n int")
        def fail(**options):
            return self.write([{"id": 1}], status=1, mode="upsert", **options).messages
        self.assertIn("(SQLSTATE 42P10); create a unique index on the key columns", fail(key_columns="id"))
        self.assertIn("it has no column 'idd' to be a key; did you mean 'id'?", fail(key_columns="idd"))
        self.postgres.execute(f"ALTER TABLE {self.name} ADD PRIMARY KEY (id)")
        said = fail(on_conflict="(id) DO UPDAT SET n = 1")
        self.assertIn('syntax error at or near "UPDAT" (SQLSTATE 42601); see character 9 of on_conflict: (id) DO UPDAT SET n = 1', said)
        self.assertIn("see character 20 of on_conflict", fail(on_conflict="(id) DO UPDATE SET nn = EXCLUDED.n"))


if __name__ == "__main__":
    PostgresCase.program = sys.argv.pop(1)
    unittest.main()
