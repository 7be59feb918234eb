"""PostgreSQL, on a free port of 127.0.0.1."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2

from services import ports
from services.certificates import Certificates
from services.server_process import ServerProcess

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name), reverse=True)), None)
READY = "database system is ready to accept connections"
DATABASE = "warehouse"
USER, PASSWORD = "writer", "writer-secret"
# It refuses to run as root; the package makes this user.
SYSTEM_USER = "postgres" if os.geteuid() == 0 else None


class Postgres(ServerProcess):
    """In a folder of its own, which is gone at close(); it keeps its port and its data when it is started again.

    A database `warehouse` that belongs to the user `writer`, who logs in with a password (SCRAM). The test
    itself is the superuser, on the Unix socket: connect(), execute(), rows().

    durable: fsync is on, for tests that kill it. tls: it has a certificate of `certificates`, and takes only
    encrypted connections over TCP. settings: more for postgresql.conf.
    """

    def __init__(self, durable=False, tls=False, settings=None):
        assert PROGRAMS is not None, "Debian's package postgresql-15 is missing"
        # Of its own: what a test's own folder is in may be closed to other users.
        self.folder = Path(tempfile.mkdtemp(prefix="hiveframed-postgres-"))
        self.data = self.folder / "data"
        self.port = ports.take()
        self.certificates = Certificates(self.folder / "tls") if tls else None
        self._settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "fsync": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "wal_level": "logical",
            "max_wal_senders": 4,
            "max_prepared_transactions": 10,
            "max_connections": 50,
            "shared_buffers": "32MB",
            "timezone": "Etc/UTC",
            "lc_messages": "C",
            "log_min_messages": "warning",
        }
        if tls:
            self._settings |= {"ssl": "on", "ssl_cert_file": self.data / "server.pem", "ssl_key_file": self.data / "server.key"}
        self._settings |= settings or {}
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        command = [str(PROGRAMS / "postgres"), "-D", str(self.data)]
        super().__init__(self.folder / "log", command, user=SYSTEM_USER, environment=environment)

    def create(self):
        """An empty one, started."""
        if SYSTEM_USER:
            owner = pwd.getpwnam(SYSTEM_USER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._as_user(
            PROGRAMS / "initdb", "--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", self.data,
        )  # fmt: skip
        lines = [f"{name} = '{value}'\n" for name, value in self._settings.items()]
        self._give("postgresql.auto.conf", "".join(lines))
        host = "hostssl" if self.certificates else "host"
        self._give("pg_hba.conf", f"local all all trust\n{host} all all 127.0.0.1/32 scram-sha-256\nlocal replication all trust\n")
        if self.certificates:
            self._give("server.pem", self.certificates.certificate("server").read_text())
            self._give("server.key", self.certificates.key("server").read_text())
        self.start().await_started()
        self.execute(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'", database="postgres")
        self.execute(f"CREATE DATABASE {DATABASE} OWNER {USER}", database="postgres")
        return self

    def await_started(self):
        self.await_(lambda: READY in self.log(), "PostgreSQL")
        return self

    def kill(self):
        """With all of its processes at once, as a machine that loses power. True if it was this that ended it."""
        if not self.running():
            return False
        self.pause()  # so that it starts no other meanwhile
        parts = self.backends()
        for each in parts:
            signal_if_there(each, signal.SIGKILL)
        ended = super().kill()
        # It is not started again while one of them still has its memory.
        deadline = time.monotonic() + 10
        while any(is_postgres(each) for each in parts):
            assert time.monotonic() < deadline, "its processes have not ended"
            time.sleep(0.01)
        return ended

    def stop(self, seconds=60):
        """At once, and in order: the fast shutdown."""
        if self.running():
            self.process.send_signal(signal.SIGINT)
            self.process.wait(seconds)

    def backends(self):
        """Ids of its processes, but for the first."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(each) for each in children.split()]

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def uri(self, **query):
        """As a pipeline has it, without the password."""
        parameters = "&".join(f"{name}={value}" for name, value in query.items())
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{DATABASE}" + (f"?{parameters}" if parameters else "")

    # As the superuser

    def connect(self, database=DATABASE, **options):
        """A connection of its own (psycopg2), for what takes several statements; in autocommit mode."""
        connection = psycopg2.connect(host=str(self.folder), port=self.port, dbname=database, user="postgres", **options)
        connection.autocommit = True
        return connection

    def execute(self, statement, *values, database=DATABASE):
        """Answers the rows, if there are any."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else None
        finally:
            connection.close()

    def create_table(self, definition):
        """Of the user's: "orders (id int primary key)"."""
        self.execute(f"SET ROLE {USER}; CREATE TABLE {definition}")

    def value(self, query, *values):
        ((value,),) = self.execute(query, *values)
        return value

    def psql(self, *arguments, database=DATABASE, **options):
        """psql's standard output, for judging with another client: bytes."""
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", database]
        return subprocess.run([*command, *arguments], check=True, capture_output=True, timeout=60, **options).stdout

    def __enter__(self):
        return self.create()

    def __exit__(self, *_):
        self.close()

    def _as_user(self, *command):
        become = ["setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--clear-groups"] if SYSTEM_USER else []
        done = subprocess.run([*become, *command], cwd="/", env=self.environment, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()

    def _give(self, name, content):
        """A file among its data."""
        path = self.data / name
        path.write_text(content)
        path.chmod(0o600)
        if SYSTEM_USER:
            owner = pwd.getpwnam(SYSTEM_USER)
            os.chown(path, owner.pw_uid, owner.pw_gid)


def is_postgres(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres" and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def signal_if_there(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
