#!/usr/bin/env python3
"""The installed service under systemd itself, with everything that its unit takes away from it.

    systemd_test.py BUILD_FOLDER REPOSITORY [unittest's arguments]

Exit status: 77 systemd cannot be started here.
"""

import json
import shlex
import sys
import tempfile
import unittest

from systemd_machine import Machine, skip_where_none_boots

BUILD, REPOSITORY = "", ""
TICKING = "source: {type: generate, rate: 500}\nsink: /var/lib/hiveframed/%s.ndjson\n"


class SystemdTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-systemd-")
        self.addCleanup(folder.cleanup)
        self.machine = Machine(folder.name, (BUILD, REPOSITORY))
        self.addCleanup(self.machine.end)
        self.machine.boot()
        self.does(f"cmake --install {shlex.quote(BUILD)} && systemctl daemon-reload")

    def does(self, script):
        done = self.machine.run(script)
        self.assertEqual(done.returncode, 0, done.stdout + self.machine.run("journalctl --no-pager | tail -n 50").stdout)
        return done.stdout

    def write(self, name, text):
        self.does(f"printf %s {shlex.quote(text)} >/etc/hiveframed/pipelines/{name}.yaml")

    def start(self):
        self.write("a", TICKING % "a")
        self.does("systemctl enable --now hiveframed")
        self.await_growth("a")

    def size(self, name):
        return int(self.does(f"stat -c %s /var/lib/hiveframed/{name}.ndjson 2>/dev/null || echo 0"))

    def await_growth(self, name):
        before = self.size(name)
        self.machine.await_(lambda: self.size(name) > before)

    def journal(self):
        return [json.loads(line) for line in self.does("journalctl -u hiveframed -o json --no-pager").splitlines()]

    def test_starts_reloads_and_stops(self):
        self.start()
        self.assertEqual(self.machine.show("hiveframed", "ActiveState"), "active")
        self.write("b", TICKING % "b")
        self.does("systemctl reload hiveframed")
        self.await_growth("b")

        # What is wrong is told, and what runs goes on.
        self.write("broken", "source: [\n")
        self.does("systemctl reload hiveframed")
        self.machine.await_(lambda: "the last reload was refused" in self.machine.show("hiveframed", "StatusText"))
        self.machine.await_(lambda: [each for each in self.journal() if "broken.yaml:" in each["MESSAGE"]])
        self.does("rm /etc/hiveframed/pipelines/broken.yaml && systemctl reload hiveframed")
        self.machine.await_(lambda: "2 running" in self.machine.show("hiveframed", "StatusText"))
        self.await_growth("a")
        self.assertEqual(self.machine.show("hiveframed", "NRestarts"), "0")

        self.does("systemctl stop hiveframed")
        self.assertEqual(self.machine.show("hiveframed", "Result"), "success")
        self.assertEqual(self.machine.show("hiveframed", "ExecMainStatus"), "0")
        started = [each for each in self.journal() if each["MESSAGE"].startswith("[a] started")]
        self.assertEqual([each["PRIORITY"] for each in started], ["6"])

    def test_has_no_rights(self):
        self.start()
        pid = self.machine.show("hiveframed", "MainPID")
        status = dict(line.split(":\t", 1) for line in self.does(f"cat /proc/{pid}/status").splitlines() if ":\t" in line)
        self.assertNotIn("0", status["Uid"].split())
        for rights in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            self.assertEqual(int(status[rights], 16), 0, rights)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        # The folder is the service's alone, and all of it that is written to.
        self.assertEqual(self.does("stat -L -c %a /var/lib/hiveframed").strip(), "700")
        self.write("elsewhere", "source: {type: generate, count: 1}\nsink: /srv/x.ndjson\n")
        self.does("chmod 1777 /srv && systemctl reload hiveframed")
        self.machine.await_(lambda: [each for each in self.journal() if "cannot write to /srv/x.ndjson" in each["MESSAGE"]])

    def test_a_credential_and_a_socket_for_the_admin_api(self):
        self.does("umask 077 && printf s3cret >/etc/hiveframed/token && mkdir -p /etc/systemd/system/hiveframed.service.d")
        drop_in = "[Service]\\nLoadCredential=token:/etc/hiveframed/token\\n"
        self.does(f"printf '{drop_in}' >/etc/systemd/system/hiveframed.service.d/token.conf && systemctl daemon-reload")
        listen = "['127.0.0.1:8610', 'unix:/run/hiveframed/admin.sock']"
        admin = f"admin: {{listen: {listen}, token: '${{credential:token}}'}}"
        self.does(f"echo {shlex.quote(admin)} >>/etc/hiveframed/hiveframed.yaml")
        self.start()
        for url in ("http://127.0.0.1:8610", "unix:/run/hiveframed/admin.sock"):
            self.assertIn("running", self.does(f"hiveframed ctl --url {url} --token-file /etc/hiveframed/token list"))
        # Who may open the socket is decided by its folder.
        refused = self.machine.run("HIVEFRAMED_TOKEN=s3creT hiveframed ctl list")
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("the daemon has another token", refused.stdout)
        self.assertEqual(self.does("stat -L -c %a /run/hiveframed").strip(), "700")
        self.assertNotIn("s3cret", self.does("journalctl --no-pager"))
        # It is read again.
        self.does("hiveframed ctl --url unix:/run/hiveframed/admin.sock reload")
        self.does("systemctl reload hiveframed")
        self.machine.await_(lambda: "1 running" in self.machine.show("hiveframed", "StatusText"))

    def test_one_that_stands_still_is_started_again(self):
        self.does("mkdir -p /etc/systemd/system/hiveframed.service.d")
        self.does("printf '[Service]\\nWatchdogSec=1s\\n' >/etc/systemd/system/hiveframed.service.d/quick.conf")
        self.does("systemctl daemon-reload")
        self.start()
        first = self.machine.show("hiveframed", "MainPID")
        self.does(f"kill -STOP {first}")
        self.machine.await_(lambda: self.machine.show("hiveframed", "NRestarts") == "1")
        self.machine.await_(lambda: self.machine.show("hiveframed", "ActiveState") == "active")
        self.assertNotEqual(self.machine.show("hiveframed", "MainPID"), first)
        self.await_growth("a")


if __name__ == "__main__":
    BUILD, REPOSITORY = sys.argv.pop(1), sys.argv.pop(1)
    skip_where_none_boots()
    unittest.main()
