#!/usr/bin/env python3
"""PostgreSQL: does it do what tests of pipelines build upon?

    postgres_test.py [unittest's arguments]
"""

import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg2

from services.postgres import DATABASE, PASSWORD, USER, Postgres, is_postgres


def log_in(postgres, password=PASSWORD, **options):
    return psycopg2.connect(host="127.0.0.1", port=postgres.port, dbname=DATABASE, user=USER, password=password, **options)


class PostgresTest(unittest.TestCase):
    def start(self, **options):
        postgres = Postgres(**options)
        self.addCleanup(postgres.close)
        return postgres.create()

    def test_the_user_logs_in_with_the_password_and_owns_its_tables(self):
        postgres = self.start()
        with self.assertRaisesRegex(psycopg2.OperationalError, "password authentication failed"):
            log_in(postgres, "wrong")
        postgres.create_table("orders (id int PRIMARY KEY, note text)")
        connection = log_in(postgres)
        self.addCleanup(connection.close)
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO orders VALUES (1, 'ä')")
        self.assertEqual(postgres.execute("SELECT * FROM orders"), [(1, "ä")])
        self.assertEqual(postgres.psql("-c", "COPY orders TO STDOUT"), "1\tä\n".encode())

    def test_what_was_committed_is_there_after_a_kill_and_nothing_else(self):
        postgres = self.start(durable=True)
        postgres.create_table("orders (id int)")
        postgres.execute("INSERT INTO orders VALUES (1)")
        open_one = log_in(postgres)
        self.addCleanup(open_one.close)
        with open_one.cursor() as cursor:
            cursor.execute("INSERT INTO orders VALUES (2)")
        parts = postgres.backends()
        self.assertGreater(len(parts), 3)
        self.assertTrue(postgres.kill())
        self.assertEqual([each for each in parts if is_postgres(each)], [])
        with self.assertRaises(psycopg2.OperationalError):
            log_in(postgres)
        postgres.start().await_started()
        self.assertEqual(postgres.execute("SELECT id FROM orders"), [(1,)])
        self.assertIn("was not properly shut down", postgres.log())

    def test_it_stops_in_order_and_starts_again(self):
        postgres = self.start(settings={"log_min_messages": "log"})
        postgres.stop()
        self.assertEqual(postgres.process.returncode, 0)
        postgres.start().await_started()
        self.assertNotIn("was not properly shut down", postgres.log())
        self.assertEqual(postgres.value("SELECT current_setting('wal_level')"), "logical")

    def test_tls_only_and_with_its_own_authority(self):
        postgres = self.start(tls=True)
        authority = postgres.certificates.certificate("authority")
        log_in(postgres, sslmode="verify-full", sslrootcert=authority).close()
        with self.assertRaisesRegex(psycopg2.OperationalError, "certificate verify failed"):
            log_in(postgres, sslmode="verify-full", sslrootcert=postgres.certificates.certificate("stranger"))
        with self.assertRaisesRegex(psycopg2.OperationalError, "no pg_hba.conf entry"):
            log_in(postgres, sslmode="disable")

    def test_it_ends_with_a_test_that_is_killed(self):
        script = "import os, sys; sys.path.insert(0, sys.argv[1]); from services.postgres import Postgres\n"
        script += "one = Postgres().create(); print(one.folder, one.pid, *one.backends(), flush=True); os.kill(os.getpid(), 9)"
        test = subprocess.run([sys.executable, "-c", script, Path(__file__).parents[1]], capture_output=True, text=True)
        folder, *pids = test.stdout.split()
        self.addCleanup(shutil.rmtree, folder)
        self.assertGreater(len(pids), 4, test.stderr)
        deadline = time.monotonic() + 30
        while any(is_postgres(each) for each in pids):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_it_is_gone_with_its_folder_at_the_end(self):
        postgres = self.start()
        pid, parts = postgres.pid, postgres.backends()
        postgres.close()
        self.assertEqual([each for each in [pid, *parts] if is_postgres(each)], [])
        self.assertFalse(postgres.folder.exists())
        self.assertEqual(postgres.process.returncode, -signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
