#!/usr/bin/env python3
"""The admin API of a daemon that serves, and `ctl` as people and programs use it.

    admin_test.py BINARY [unittest's arguments]
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

import tools
from admin_client import Daemon
from service import PATIENCE

BINARY = ""
ENDLESS = """
source: {type: generate, rate: 200, template: {id: '{{ meta.sequence }}', even: '{{ meta.sequence % 2 == 0 }}'}}
transforms:
  - filter: record.even
  - set: {twice: record.id * 2}
sink: discard
"""
FINISHING = "source: {type: generate, count: 1000, template: {id: '{{ meta.sequence }}'}}\nsink: ../out.ndjson\n"
FAILING = "source: ../missing.ndjson\nsink: discard\n"


class AdminTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-admin-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, pipelines=None, listeners=2, **options):
        daemon = Daemon(BINARY, self.folder, pipelines or {"orders": ENDLESS}, **options)
        self.addCleanup(daemon.kill)
        return daemon.started(listeners)

    def problem(self, answer, status):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.json["status"], status)
        return answer.json.get("detail", "")


class QuestionsTest(AdminTest):
    def test_health_readiness_and_version(self):
        daemon = self.serve()
        daemon.await_state("orders", "running")
        self.assertEqual(daemon.ask("/healthz").json, {"status": "ok"})
        self.assertEqual(daemon.ask("/readyz").json, {"status": "ready", "pipelines": 1})
        version = subprocess.run([BINARY, "version"], capture_output=True, text=True, check=True).stdout
        self.assertEqual(daemon.ask("/version").json["version"], version.split()[1])

    def test_what_is_not_ready_is_named(self):
        daemon = self.serve({"orders": ENDLESS, "broken": FAILING + "restart: never\n"})
        daemon.await_state("orders", "running")
        daemon.await_state("broken", "failed")
        answer = daemon.ask("/readyz")
        self.assertIn("1 of 2 pipelines", self.problem(answer, 503))
        (reason,) = answer.json["reasons"]
        self.assertIn("broken is failed: ", reason)
        self.assertIn("missing.ndjson", reason)
        self.assertEqual(daemon.ask("/healthz").status, 200, "the daemon itself is well")

    def test_pipelines(self):
        daemon = self.serve({"orders": ENDLESS, "finishing": FINISHING})
        daemon.await_state("finishing", "finished")
        listed = daemon.ask("/pipelines").json["pipelines"]
        self.assertEqual([each["name"] for each in listed], ["finishing", "orders"])
        self.assertEqual(listed[0]["read"], 1000)
        self.assertEqual(listed[0]["written"], 1000)
        (only,) = daemon.ask("/pipelines?state=finished").json["pipelines"]
        self.assertEqual(only["name"], "finishing")
        details = daemon.pipeline("finishing")
        self.assertEqual(details["run"]["read"], 1000)
        self.assertEqual(details["run"]["sinks"][0]["written"], 1000)
        self.assertIn("type: generate", details["configuration"])
        self.assertTrue(details["file"].endswith("finishing.yaml"))

    def test_unknown_paths_and_pipelines(self):
        daemon = self.serve()
        self.assertIn("did you mean 'orders'?", self.problem(daemon.ask("/pipelines/order"), 404))
        self.problem(daemon.ask("/nothing"), 404)
        self.problem(daemon.post("/pipelines/order/pause"), 404)
        self.problem(daemon.ask("/pipelines/none/tap"), 404)
        self.problem(daemon.ask("/pipelines/..%2f..%2fetc%2fpasswd"), 400)
        self.problem(daemon.ask("/pipelines?state=asleep"), 400)
        self.problem(daemon.ask("/pipelines?stat=running"), 400)
        self.problem(daemon.ask("/healthz?x=1"), 400)
        answer = daemon.ask("/pipelines/orders/pause")
        self.problem(answer, 405)
        self.assertIn("POST", answer.headers["Allow"])

    def test_metrics_move(self):
        daemon = self.serve({"orders": ENDLESS, "finishing": FINISHING})
        daemon.await_state("orders", "running")
        daemon.await_state("finishing", "finished")

        def metric(name):
            match = re.search(rf"^{re.escape(name)} (\S+)$", daemon.ask("/metrics").body, re.M)
            return float(match[1]) if match else None

        self.assertEqual(metric('hiveframe_records_read_total{pipeline="finishing"}'), 1000)
        self.assertEqual(metric('hiveframe_sink_records_total{pipeline="finishing",sink="sink"}'), 1000)
        self.assertEqual(metric('hiveframe_end_to_end_latency_seconds_count{pipeline="finishing",sink="sink"}'), 1000)
        self.assertEqual(metric('hiveframe_pipeline_state{pipeline="finishing",state="finished"}'), 1)
        first = metric('hiveframe_stream_records_total{stream="orders"}')
        daemon.await_(lambda: metric('hiveframe_stream_records_total{stream="orders"}') > first)
        self.assertEqual(daemon.ask("/metrics").headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")

    def test_promtool_accepts_the_metrics(self):
        promtool = tools.promtool()
        daemon = self.serve({"orders": ENDLESS, "finishing": FINISHING, "broken": FAILING})
        daemon.await_state("finishing", "finished")
        checked = subprocess.run(
            [promtool, "check", "metrics"],
            input=daemon.ask("/metrics").body,
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))


class CommandsTest(AdminTest):
    def test_pause_and_resume(self):
        daemon = self.serve()
        daemon.await_state("orders", "running")
        self.assertEqual(daemon.post("/pipelines/orders/pause").json["state"], "paused")
        self.assertEqual(daemon.ask("/readyz").status, 200, "paused on purpose")
        self.assertEqual(daemon.post("/pipelines/orders/resume").status, 200)
        daemon.await_state("orders", "running")
        self.problem(daemon.post("/pipelines/orders/resume"), 409)

    def test_drain_and_restart(self):
        daemon = self.serve()
        daemon.await_state("orders", "running")
        self.assertEqual(daemon.post("/pipelines/orders/drain").json["state"], "stopped")
        self.problem(daemon.post("/pipelines/orders/pause"), 409)
        self.assertEqual(daemon.post("/pipelines/orders/restart").status, 200)
        daemon.await_state("orders", "running")
        self.assertEqual(daemon.pipeline("orders")["starts"], 2)

    def test_restart_from_the_start(self):
        daemon = self.serve({"finishing": FINISHING.replace("../out.ndjson", "discard")})
        daemon.await_state("finishing", "finished")
        self.problem(daemon.post("/pipelines/finishing/restart?from_start=yes"), 400)
        self.assertEqual(daemon.post("/pipelines/finishing/restart?from_start=true").status, 200)
        daemon.await_(lambda: daemon.pipeline("finishing")["starts"] == 2)
        daemon.await_state("finishing", "finished")
        again = daemon.ctl("restart", "finishing", "--from-start")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_reload(self):
        daemon = self.serve({"orders": ENDLESS, "old": ENDLESS})
        daemon.await_state("orders", "running")
        daemon.write("orders", ENDLESS.replace("rate: 200", "rate: 100"))
        daemon.write("new", FINISHING)
        daemon.remove("old")
        report = daemon.post("/reload").json
        self.assertTrue(report["sound"])
        self.assertEqual(
            {each["name"]: each["action"] for each in report["pipelines"]},
            {"orders": "replaced", "new": "added", "old": "removed"},
        )
        daemon.await_state("new", "finished")

    def test_a_broken_file_changes_nothing(self):
        daemon = self.serve()
        daemon.await_state("orders", "running")
        daemon.write("broken", "source: generate\nsnik: discard\n")
        answer = daemon.post("/reload")
        self.problem(answer, 422)
        self.assertTrue(any("snik" in each for each in answer.json["errors"]), answer.body)
        self.assertEqual(daemon.state("orders"), "running")
        self.assertEqual(daemon.pipeline("orders")["starts"], 1)

    def test_a_command_takes_no_body(self):
        daemon = self.serve()
        for body in (b"{}", b"[1]", b"null", b"\xff"):
            answer = daemon.ask("/reload", "POST", body, {"Content-Type": "application/json"})
            self.problem(answer, 400)
        self.problem(daemon.ask("/reload", "POST", b"a=1", {"Content-Type": "text/plain"}), 415)


class LogLevelTest(AdminTest):
    def change(self, daemon, body):
        return daemon.ask("/log/levels", "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def levels(self, answer):
        self.assertEqual(answer.status, 200, answer.body)
        return {each["component"]: each["level"] for each in answer.json["levels"]}

    def test_of_all_and_of_a_component(self):
        daemon = self.serve()
        self.assertEqual(self.levels(daemon.ask("/log/levels")), {"all": "info"})
        self.assertEqual(
            self.levels(self.change(daemon, {"component": "admin", "level": "error"})), {"all": "info", "admin": "error"}
        )
        self.assertEqual(self.levels(self.change(daemon, {"level": "warning"})), {"all": "warning", "admin": "error"})
        before = daemon.log()
        self.assertEqual(daemon.post("/pipelines/orders/pause").status, 200)
        self.assertEqual(daemon.log(), before, "what is only for information is left out")
        self.assertEqual(
            self.levels(self.change(daemon, {"component": "admin", "level": "default"})), {"all": "warning"}
        )
        self.assertEqual(daemon.post("/reload").status, 200)
        self.assertEqual(self.levels(daemon.ask("/log/levels")), {"all": "info"}, "as the daemon file says")
        self.assertEqual(self.levels(self.change(daemon, {"level": "error"})), {"all": "error"})
        self.assertEqual(self.levels(self.change(daemon, {"level": "default"})), {"all": "info"}, "the same")

    def test_ctl(self):
        daemon = self.serve()
        changed = daemon.ctl("log-level", "error", "--component", "sink")
        self.assertEqual((changed.returncode, changed.stderr), (0, ""))
        self.assertEqual(changed.stdout, "COMPONENT  LEVEL\nall        info\nsink       error\n")
        self.assertEqual(daemon.ctl("log-level").stdout, changed.stdout)
        wrong = daemon.ctl("log-level", "loud")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("must be one of debug, info, warning, error, default, not 'loud'", wrong.stderr)

    def test_wrong_types_in_every_member(self):
        daemon = self.serve()
        wrong = [None, True, 0, -1, 1.5, 1e400, "", "x", [], ["info"], {}, {"level": "info"}, "info\u0000", "x" * 100_000]
        for value in wrong:
            self.problem(self.change(daemon, {"level": value}), 400)
            self.problem(self.change(daemon, {"level": "info", "component": value}), 400)
            self.problem(self.change(daemon, {"level": "info", "more": value}), 400)
            if value != {"level": "info"}:
                self.problem(self.change(daemon, value), 400)
        for body in (b"", b"{", b"{}", b'{"level":"info"}x', b'{"level":"info","level":"error"}', b"\xff", b"[" * 100_000):
            answer = daemon.ask("/log/levels", "POST", body, {"Content-Type": "application/json"})
            self.problem(answer, 400)
        self.assertEqual(self.levels(daemon.ask("/log/levels")), {"all": "info"})


class TapTest(AdminTest):
    def test_records_before_and_after_each_stage(self):
        daemon = self.serve()
        lines = [json.loads(line) for line in daemon.ask("/pipelines/orders/tap?limit=10&rate=50").body.splitlines()]
        self.assertEqual(len(lines), 10)
        for line in lines:
            first = line["steps"][0]
            self.assertEqual(first["stage"], "transforms[0] filter")
            if line["record"]["even"]:
                self.assertEqual((first["result"], first["changed"]), ("kept", False))
                self.assertEqual(line["steps"][1]["record"]["twice"], 2 * line["record"]["id"])
                self.assertEqual((line["result"], line["sinks"]), ("kept", ["sink"]))
            else:
                self.assertEqual((first["result"], len(line["steps"])), ("dropped", 1))
                self.assertEqual((line["result"], line["sinks"]), ("dropped", []))
        self.assertEqual({line["result"] for line in lines}, {"kept", "dropped"})

    def test_goes_on_over_a_restart(self):
        daemon = self.serve()
        ctl = subprocess.Popen(
            [BINARY, "ctl", "--url", daemon.url, "tap", "orders"], stdout=subprocess.PIPE, text=True
        )
        self.addCleanup(ctl.stdout.close)
        self.addCleanup(ctl.wait)
        self.addCleanup(ctl.kill)
        ctl.stdout.readline()
        self.assertEqual(daemon.post("/pipelines/orders/restart").status, 200)
        for _ in range(30):  # more than one second shows
            self.assertIn("transforms[0] filter", ctl.stdout.readline())

    def test_who_does_not_read_holds_nothing_up(self):
        daemon = self.serve({"orders": ENDLESS.replace("rate: 200, ", "")})
        with daemon.connection() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(b"GET /pipelines/orders/tap?rate=100 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            deaf.recv(100)
            before = daemon.pipeline("orders")["read"]
            daemon.await_(lambda: daemon.pipeline("orders")["read"] > before + 100_000)
            self.assertEqual(daemon.post("/pipelines/orders/pause").json["state"], "paused")

    def test_ends_with_the_daemon(self):
        daemon = self.serve()
        with daemon.connection() as watching:
            watching.sendall(b"GET /pipelines/orders/tap HTTP/1.1\r\nHost: localhost\r\n\r\n")
            watching.recv(100)
            self.assertEqual(daemon.stop(), 0)
            while watching.recv(65536):
                pass


class AccessTest(AdminTest):
    def test_a_token_is_asked_for(self):
        token = self.folder / "token"
        token.write_text("correct-token\n")
        admin = f"{{listen: ['127.0.0.1:0', 'unix:{self.folder}/admin.sock'], token: '${{file:{token}}}'}}"
        daemon = self.serve(admin=admin)
        self.assertEqual(daemon.ask("/healthz").status, 200, "open: for whoever only asks if it lives")
        for wrong in (None, "", "Bearer", "Bearer ", "Bearer x", "Bearer correct-toke", "Bearer correct-tokenn",
                      "Basic correct-token", "Bearer " + "x" * 10_000, "correct-token"):
            headers = {} if wrong is None else {"Authorization": wrong}
            for path in ("/pipelines", "/nothing", "/openapi.json"):
                answer = daemon.ask(path, headers=headers)
                self.problem(answer, 401)
                self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
        self.assertEqual(daemon.ask("/pipelines", headers={"Authorization": "Bearer correct-token"}).status, 200)
        without = daemon.ctl("list")
        self.assertEqual(without.returncode, 1)
        self.assertIn("the daemon asks for its token: say --token-file FILE, set HIVEFRAMED_TOKEN, or", without.stderr)
        wrong = daemon.ctl("list", environment=dict(os.environ, HIVEFRAMED_TOKEN="correct-toke"))
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("the daemon has another token: say --token-file FILE", wrong.stderr)
        self.assertEqual(daemon.ctl("--token-file", str(token), "list").returncode, 0)
        environment = dict(os.environ, HIVEFRAMED_TOKEN="correct-token")
        self.assertEqual(daemon.ctl("list", environment=environment).returncode, 0)
        self.assertEqual(daemon.ctl("list", url=f"unix:{self.folder}/admin.sock").returncode, 0)
        self.assertNotIn("correct-token", daemon.log())

    def test_strangers_need_a_token(self):
        daemon = Daemon(BINARY, self.folder, {"orders": ENDLESS}, admin="{listen: '0.0.0.0:0'}").start()
        self.addCleanup(daemon.kill)
        self.assertEqual(daemon.wait(), 2)
        self.assertIn("daemon.yaml:5:17: error: anybody who reaches 0.0.0.0:0", daemon.log())
        self.assertIn("set 'token'", daemon.log())

    def certificates(self):
        """A CA, and certificates of it for a server and a client."""

        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test CA",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
        for name in ("server", "client"):
            openssl(
                "req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}",
                "-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1",
                "-addext", "basicConstraints=critical,CA:FALSE",
            )  # fmt: skip

    def test_client_certificates(self):
        self.certificates()
        files = {name: str(self.folder / name) for name in ("ca.crt", "client.crt", "client.key")}
        tls = "tls_certificate: server.crt, tls_key: server.key, tls_client_ca: ca.crt"
        daemon = self.serve(admin=f"{{listen: '0.0.0.0:0', {tls}}}", listeners=1)
        url = f"https://127.0.0.1:{daemon.port}"
        known = ["--ca", files["ca.crt"]]
        ours = ["--certificate", files["client.crt"], "--key", files["client.key"]]
        listed = daemon.ctl(*known, *ours, "list", url=url)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("orders", listed.stdout)
        self.assertEqual(daemon.ctl(*known, "list", url=url).returncode, 1, "it shows no certificate")
        self.assertEqual(daemon.ctl(*ours, "list", url=url).returncode, 1, "nobody knows this server")
        self.assertEqual(daemon.ctl("list", url=f"http://127.0.0.1:{daemon.port}").returncode, 1, "no TLS")

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            daemon = Daemon(BINARY, self.folder, {"orders": ENDLESS}, admin=f"'127.0.0.1:{port}'").start()
            self.addCleanup(daemon.kill)
            self.assertEqual(daemon.wait(), 1)
        self.assertIn(f"cannot listen on 127.0.0.1:{port}: Address already in use", daemon.log())

    def test_pages_of_other_sites(self):
        daemon = self.serve()
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            self.problem(daemon.ask("/pipelines/orders/pause", "POST", headers=headers), 403)
        self.problem(daemon.ask("/pipelines", headers={"Host": "evil.example"}), 421)
        self.problem(
            daemon.ask("/pipelines/orders/pause", "POST", b"x", {"Content-Type": "text/plain"}), 415
        )
        daemon.await_state("orders", "running")


class BadClientsTest(AdminTest):
    def test_2000_idle_connections_keep_nobody_out(self):
        daemon = self.serve()
        idle = []
        try:
            for _ in range(2000):
                idle.append(daemon.connection())
                if len(idle) % 3 == 0:
                    idle[-1].sendall(b"GET /pipelines HTTP/1.1\r\nHost:")  # and no more
            begun = time.monotonic()
            self.assertEqual(daemon.ask("/healthz").status, 200)
            self.assertEqual(daemon.ctl("list").returncode, 0)
            self.assertLess(time.monotonic() - begun, 10)
            self.assertEqual(daemon.state("orders"), "running")
        finally:
            for each in idle:
                each.close()

    def test_garbage(self):
        daemon = self.serve()
        for garbage in (b"\x00" * 100, b"\xff" * 100_000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", os.urandom(5000)):
            with daemon.connection() as connection:
                try:
                    connection.sendall(garbage)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(65536):
                        pass
                except OSError:
                    pass  # it hung up
        self.assertEqual(daemon.ask("/healthz").status, 200)

    def test_metrics_from_many_at_once(self):
        daemon = self.serve({f"p{i}": ENDLESS for i in range(20)})
        failures = []

        def scrape():
            for _ in range(20):
                if daemon.ask("/metrics").status != 200:
                    failures.append(1)

        threads = [threading.Thread(target=scrape) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.assertEqual(failures, [])


class CtlTest(AdminTest):
    def test_tables_and_json(self):
        daemon = self.serve({"orders": ENDLESS, "finishing": FINISHING})
        daemon.await_state("finishing", "finished")
        listed = daemon.ctl("list")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertRegex(listed.stdout, r"(?m)^finishing +finished +1,000 +1,000 +0 ")
        self.assertEqual(
            [each["name"] for each in json.loads(daemon.ctl("list", "--json").stdout)["pipelines"]],
            ["finishing", "orders"],
        )
        self.assertRegex(daemon.ctl("show", "finishing").stdout, r"(?m)^state +finished$")
        self.assertEqual(json.loads(daemon.ctl("--json", "show", "finishing").stdout)["run"]["read"], 1000)
        self.assertEqual(daemon.ctl("pause", "orders").stdout, "orders is paused\n")
        self.assertEqual(daemon.ctl("resume", "orders").returncode, 0)
        self.assertIn("hiveframe_records_read_total", daemon.ctl("metrics").stdout)
        self.assertEqual(daemon.ctl("health").returncode, 0)
        self.assertEqual(len(daemon.ctl("tap", "orders", "--limit", "2").stdout.splitlines()), 2)

    def test_what_goes_wrong(self):
        daemon = self.serve({"orders": ENDLESS, "broken": FAILING + "restart: never\n"})
        daemon.await_state("broken", "failed")
        unknown = daemon.ctl("show", "nobody")
        self.assertEqual((unknown.returncode, unknown.stdout), (1, ""))
        self.assertEqual(unknown.stderr, "hiveframed ctl: there is no pipeline 'nobody'\n")
        ready = daemon.ctl("ready")
        self.assertEqual(ready.returncode, 1)
        self.assertIn("broken is failed", ready.stderr)
        daemon.write("wrong", "source: generate\nsnik: discard\n")
        reload = daemon.ctl("reload")
        self.assertEqual(reload.returncode, 2)
        self.assertIn("wrong.yaml:2:1: error: unknown option 'snik'", reload.stderr)
        self.assertEqual(daemon.ctl("list", "--state", "asleep").returncode, 1)
        # Of several, whose it is.
        both = daemon.ctl("resume", "orders", "broken")
        self.assertEqual(both.returncode, 1)
        self.assertIn("hiveframed ctl: orders: it is not paused but running\n", both.stderr)
        self.assertIn("hiveframed ctl: broken: it is not paused but failed: to run it again, restart it\n", both.stderr)
        nobody = daemon.ctl("list", url="http://127.0.0.1:1")
        self.assertEqual(nobody.returncode, 1)
        self.assertIn("cannot connect to", nobody.stderr)
        self.assertEqual(daemon.ctl("list", url="ftp://x").returncode, 1)
        self.assertEqual(subprocess.run([BINARY, "ctl"], capture_output=True, check=False).returncode, 2)

    def test_where_the_daemon_file_says(self):
        token = self.folder / "token"
        token.write_text("correct-token\n")
        admin = f"{{listen: ['0.0.0.0:0', 'unix:{self.folder}/admin.sock'], token: '${{file:{token}}}'}}"
        daemon = self.serve(admin=admin)
        by_socket = daemon.ctl("health", "--config", self.folder / "daemon.yaml", url="")
        self.assertEqual((by_socket.returncode, by_socket.stdout), (0, "the daemon works\n"), by_socket.stderr)
        # The same file, with the port that it really has.
        file = self.folder / "other.yaml"
        file.write_text((self.folder / "daemon.yaml").read_text().replace(admin, admin.replace("0.0.0.0:0", f"0.0.0.0:{daemon.port}").replace(f", 'unix:{self.folder}/admin.sock'", "")))
        by_port = daemon.ctl("--config", file, "list", url="")
        self.assertEqual(by_port.returncode, 0, by_port.stderr)
        self.assertIn("orders", by_port.stdout)
        none = self.folder / "none.yaml"
        none.write_text("pipelines: pipelines\nadmin: {listen: []}\n")
        nowhere = daemon.ctl("health", "--config", none, url="")
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn("listens on no address that could be known", nowhere.stderr)
        none.write_text("pipelins: pipelines\n")
        wrong = daemon.ctl("health", "--config", none, url="")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("none.yaml:1:1: error: unknown option 'pipelins'", wrong.stderr)
        self.assertEqual(daemon.ctl("health", "--config", self.folder / "missing.yaml", url="").returncode, 2)
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait()
        gone = daemon.ctl("health", "--config", self.folder / "daemon.yaml", url="")
        self.assertEqual((gone.returncode, gone.stdout), (1, ""))
        self.assertIn("cannot connect to", gone.stderr)

    def test_health_does_not_wait_for_one_that_hangs(self):
        daemon = self.serve()
        daemon.process.send_signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            hung = daemon.ctl("health")
            self.assertEqual(hung.returncode, 1)
            self.assertLess(time.monotonic() - begun, 20)
        finally:
            daemon.process.send_signal(signal.SIGCONT)

    def test_names_that_no_pipeline_can_have(self):
        daemon = self.serve({"orders-eu.2": ENDLESS})
        self.assertEqual(daemon.ctl("pause", "orders-eu.2").stdout, "orders-eu.2 is paused\n")
        for name in ("../../etc/passwd", "..", ".", "a/b", "a\nb", "", "%2e%2e", "gr\u00fcn", "x" * 20_000, "?", "#"):
            answer = daemon.ctl("show", name)
            self.assertEqual((answer.returncode, answer.stdout), (1, ""), name)
        self.assertEqual(daemon.ask("/healthz").status, 200)

    def test_its_socket_is_gone_when_it_has_stopped(self):
        daemon = self.serve()
        daemon.await_state("orders", "running")
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(), 0)
        self.assertFalse((self.folder / "admin.sock").exists())


if __name__ == "__main__":
    BINARY = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
