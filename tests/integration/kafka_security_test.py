#!/usr/bin/env python3
"""Brokers that ask who is there: the pipeline gets in, or says once why it does not, and what to do.

    kafka_security_test.py BINARY VERSION [unittest's arguments]
"""

import sys
import unittest

from kafka_case import KafkaCase
from services.kafka import SCRAM_PASSWORD, SCRAM_USER
from services.listeners import PASSWORD, USER


class SecurityTest(KafkaCase):
    def setUp(self):
        super().setUp()
        self.topic = self.create_topic()
        self.allow(USER, SCRAM_USER, "CN=test client")

    def allow(self, *users):
        for user in users:
            for operation, resource in (("read", "topic"), ("write", "topic"), ("read", "group")):
                self.oracle.allow(user, operation, resource, self.name)

    def certificate(self, name="authority"):
        return str(self.kafka.certificates.certificate(name))

    def plain(self, password=PASSWORD, user=USER):
        return {
            "listener": "sasl",
            "security_protocol": "sasl_plaintext",
            "sasl_mechanism": "PLAIN",
            "sasl_username": user,
            "sasl_password": password,
        }

    def scram(self, mechanism, password=SCRAM_PASSWORD):
        return self.plain(password, SCRAM_USER) | {"sasl_mechanism": mechanism}

    def tls(self):
        identity = {"ssl_cert": self.certificate("client"), "ssl_key": str(self.kafka.certificates.key("client"))}
        return {"listener": "tls", "security_protocol": "ssl", "ssl_ca": self.certificate(), **identity}

    def check_gets_in(self, options):
        (self.folder / "in.ndjson").write_text("".join(f'{{"id":{i}}}\n' for i in range(500)))
        self.run_to_end(self.pipeline("in.ndjson", self.sink(**options)))
        self.run_to_end(self.pipeline(self.source(stop_at="end", **options), "out.ndjson"))
        self.assert_each_once(self.ids(), range(500))

    def check_kept_out(self, options, *words):
        """As a source and as a sink: it ends, with one line that says why."""
        (self.folder / "in.ndjson").write_text('{"id":1}\n')
        for pipeline in (self.pipeline(self.source(**options)), self.pipeline("in.ndjson", self.sink(**options))):
            done = self.start(pipeline).wait(30)
            self.assertEqual(done.status, 1, done.messages)
            said = [line for line in done.messages.splitlines() if " info " not in line]
            self.assertEqual(len(said), 1, done.messages)
            for word in words:
                self.assertIn(word, said[0])
            self.assertNotIn("secret", said[0])

    def test_plain(self):
        self.check_gets_in(self.plain())

    def test_scram(self):
        self.check_gets_in(self.scram("SCRAM-SHA-256"))

    def test_scram_512_over_tls(self):
        secure = {"listener": "sasl_tls", "security_protocol": "sasl_ssl", "ssl_ca": self.certificate()}
        self.check_gets_in(self.scram("SCRAM-SHA-512") | secure)

    def test_a_client_certificate(self):
        self.check_gets_in(self.tls())

    def test_wrong_credentials(self):
        self.check_kept_out(self.plain("wrong"), "check sasl_username and sasl_password")
        self.check_kept_out(self.scram("SCRAM-SHA-512", "wrong"), "check sasl_username and sasl_password")

    def test_an_authority_that_is_not_known(self):
        self.check_kept_out(self.tls() | {"ssl_ca": self.certificate("stranger")}, "set ssl_ca to the certificate")

    def test_no_client_certificate(self):
        bare = {name: value for name, value in self.tls().items() if name not in ("ssl_cert", "ssl_key")}
        self.check_kept_out(bare, "set ssl_cert and ssl_key")

    def test_what_is_not_allowed(self):
        for operation, resource in (("read", "topic"), ("write", "topic"), ("read", "group")):
            self.oracle.allow(USER, operation, resource, self.name, allowed=False)
        self.check_kept_out(self.plain(), "give the user the right")


if __name__ == "__main__":
    KafkaCase.program = sys.argv.pop(1)
    KafkaCase.options = {"version": sys.argv.pop(1), "listeners": ["sasl", "tls", "sasl_tls"], "access": True}
    unittest.main()
