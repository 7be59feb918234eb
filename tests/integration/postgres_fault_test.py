#!/usr/bin/env python3
"""Tables of a real PostgreSQL that is killed, locked, full or away while they are written: nothing is missing at the end.

    postgres_fault_test.py BINARY [unittest's arguments]
"""

import sys
import unittest

from postgres_case import PostgresCase
from services.proxy import Proxy

RECORDS = 60_000


class FaultTest(PostgresCase):
    options = {"durable": True}

    def setUp(self):
        super().setUp()
        self.create_table("id int, pad text")

    def count(self):
        return self.postgres.value(f"SELECT count(*) FROM {self.name}")

    def start_writing(self, records=RECORDS, port=None, **options):
        self.input = self.write_input({"id": i, "pad": "x" * 100} for i in range(records))
        more = "retry: {base_delay_ms: 50, max_delay_ms: 200}\ncircuit_breaker: {timeout_ms: 200}"
        self.file = self.pipeline(self.input, self.sink(port=port, **({"batch_size": 500} | options)), more)
        return self.start(self.file)

    def await_rows(self, run, rows):
        self.wait_for(lambda: self.count() >= rows, run)

    def assert_complete(self, repeated=0, records=RECORDS):
        """repeated: so many times a batch of 500 may be there twice."""
        missing = self.postgres.execute(
            f"SELECT i FROM generate_series(0, {records - 1}) i WHERE NOT EXISTS (SELECT FROM {self.name} WHERE id = i) LIMIT 5"
        )
        self.assertEqual(missing, [])
        self.assertEqual(self.postgres.value(f"SELECT count(*) FROM {self.name} WHERE id < 0 OR id >= {records} OR length(pad) <> 100"), 0)
        self.assertLessEqual(self.count() - records, repeated * 500)

    def finish(self, run):
        done = run.wait(120)
        self.assertEqual(done.status, 0, done.messages)
        return done

    def test_the_server_is_killed_and_comes_back(self):
        self.postgres.execute(f"CREATE INDEX ON {self.name} (id)")
        run = self.start_writing()
        for part in (1, 2, 3):
            self.await_rows(run, part * RECORDS // 5)
            self.assertTrue(self.postgres.kill())
            self.postgres.start().await_started()
        done = self.finish(run)
        self.assert_complete(repeated=3)
        self.assertGreater(done.pipeline()["retries"], 0)

    def test_the_program_is_killed_and_goes_on(self):
        run = self.start_writing()
        kills = 0
        for part in (1, 2, 3):
            self.wait_for(lambda: self.count() >= part * RECORDS // 5)
            kills += run.kill()
            run = self.start(self.file)
        self.finish(run)
        self.assertEqual(kills, 3)
        # What was written since positions were stored last comes again.
        self.assert_complete(repeated=RECORDS)

    def test_its_backend_is_terminated(self):
        run = self.start_writing()
        for part in (1, 2, 3):
            self.await_rows(run, part * RECORDS // 5)
            self.postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hiveframed'")
        self.finish(run)
        self.assert_complete(repeated=3)

    def test_connections_are_cut_in_the_middle(self):
        proxy = Proxy(self.postgres.port).start()
        self.addCleanup(proxy.close)
        run = self.start_writing(port=proxy.port)
        for part in (1, 2, 3, 4):
            self.await_rows(run, part * RECORDS // 6)
            proxy.cut_after(10_000 + part * 7777)
        self.finish(run)
        self.assert_complete(repeated=4)
        self.assertGreaterEqual(proxy.cuts, 3)

    def test_a_lock_is_waited_for_and_a_stop_does_not_wait(self):
        other = self.postgres.connect()
        self.addCleanup(other.close)
        other.autocommit = False
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {self.name} IN ACCESS EXCLUSIVE MODE")
        run = self.start_writing(5000)
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'hiveframed'"
        self.wait_for(lambda: self.postgres.value(waiting) == 1, run)
        run.process.terminate()
        run.wait(60)
        # Or it would go on with what nobody waits for, once it has its lock.
        self.wait_for(lambda: self.postgres.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hiveframed'") == 0)
        other.rollback()
        self.assertEqual(self.count(), 0)
        run = self.start(self.file)
        self.finish(run)
        self.assert_complete(records=5000)

    def test_connections_used_up_are_waited_for(self):
        self.postgres.execute("ALTER ROLE writer CONNECTION LIMIT 0")
        self.addCleanup(self.postgres.execute, "ALTER ROLE writer CONNECTION LIMIT -1")
        run = self.start_writing(1000)
        self.wait_for(lambda: 'too many connections for role "writer" (SQLSTATE 53300)' in run.messages(), run)
        self.postgres.execute("ALTER ROLE writer CONNECTION LIMIT -1")
        self.finish(run)
        self.assert_complete(records=1000)

    def test_a_server_that_only_reads_ends_the_run_and_says_so(self):
        self.postgres.execute("ALTER DATABASE warehouse SET default_transaction_read_only = on")
        try:
            done = self.start_writing(1000).wait(60)
        finally:
            self.postgres.execute("ALTER DATABASE warehouse RESET default_transaction_read_only", database="postgres")
        self.assertEqual(done.status, 1)
        self.assertIn("(SQLSTATE 25006); write to the primary", done.messages)

    def test_the_table_is_gone_while_it_runs(self):
        run = self.start_writing()
        self.await_rows(run, 1000)
        self.postgres.execute(f"DROP TABLE {self.name}")
        done = run.wait(60)
        self.assertEqual(done.status, 1)
        self.assertIn("there is no such table", done.messages)


if __name__ == "__main__":
    PostgresCase.program = sys.argv.pop(1)
    unittest.main()
