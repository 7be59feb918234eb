#!/usr/bin/env python3
"""A broker that asks who is there: those who say it right get in, the others do not, and may do what was allowed.

    secure_kafka_test.py VERSION [unittest's arguments]
"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from services.kafka import SCRAM_PASSWORD, SCRAM_USER, Kafka
from services.listeners import PASSWORD, USER
from services.oracle import Oracle, OracleError, Record

VERSION = ""
LOGIN = "org.apache.kafka.common.security"


def plain(user=USER, password=PASSWORD):
    return {
        "sasl.mechanism": "PLAIN",
        "sasl.jaas.config": f'{LOGIN}.plain.PlainLoginModule required username="{user}" password="{password}";',
    }


def scram(mechanism, password=SCRAM_PASSWORD):
    return {
        "sasl.mechanism": mechanism,
        "sasl.jaas.config": f'{LOGIN}.scram.ScramLoginModule required username="{SCRAM_USER}" password="{password}";',
    }


class SecureKafkaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-kafka-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.kafka = Kafka(cls.folder, version=VERSION, listeners=["sasl", "tls", "sasl_tls"], access=True)
        cls.addClassCleanup(cls.kafka.close)
        cls.kafka.start()
        for user in (USER, SCRAM_USER):
            for operation in ("read", "write", "describe"):
                cls.kafka.oracle.allow(user, operation, "topic", "orders")
        cls.kafka.oracle.create_topic("orders")
        cls.kafka.oracle.create_topic("secrets")
        certificates = cls.kafka.certificates
        cls.trust = {
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": certificates.certificate("authority"),
        }
        keystore = cls.folder / "client.pem"
        keystore.write_text(certificates.key("client").read_text() + certificates.certificate("client").read_text())
        cls.identity = {"ssl.keystore.type": "PEM", "ssl.keystore.location": keystore}

    def client(self, listener, protocol, **connection):
        settings = {"security.protocol": protocol, **connection}
        client = Oracle(self.folder, self.kafka.bootstrap(listener), connection=settings).start()
        self.addCleanup(client.close)
        return client

    def assert_gets_in(self, listener, protocol, settings):
        client = self.client(listener, protocol, **settings)
        ((_, offset),) = client.produce("orders", [Record(b"let in")])
        self.assertEqual(client.consume("orders")[offset].value, b"let in")
        return client

    def assert_kept_out(self, listener, protocol, settings, error):
        client = self.client(listener, protocol, **settings)
        with self.assertRaises(OracleError) as refused:
            client.produce("orders", [Record(b"not let in")], config={"max.block.ms": "10000"})
        self.assertEqual(refused.exception.name, error)

    def test_users(self):
        self.assert_gets_in("sasl", "SASL_PLAINTEXT", plain())
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            self.assert_gets_in("sasl", "SASL_PLAINTEXT", scram(mechanism))
            self.assert_kept_out("sasl", "SASL_PLAINTEXT", scram(mechanism, "wrong"), "SaslAuthenticationException")
        self.assert_kept_out("sasl", "SASL_PLAINTEXT", plain(password="wrong"), "SaslAuthenticationException")
        self.assert_kept_out("sasl", "SASL_PLAINTEXT", plain(user="mallory"), "SaslAuthenticationException")

    def test_certificates(self):
        self.assert_kept_out("tls", "SSL", self.trust, "SslAuthenticationException")
        self.assert_kept_out("tls", "SSL", self.identity, "SslAuthenticationException")
        self.kafka.oracle.allow("CN=test client", "write", "topic", "orders")
        self.kafka.oracle.allow("CN=test client", "read", "topic", "orders")
        self.assert_gets_in("tls", "SSL", self.trust | self.identity)

    def test_users_over_tls(self):
        self.assert_gets_in("sasl_tls", "SASL_SSL", self.trust | scram("SCRAM-SHA-512"))
        self.assert_kept_out("sasl_tls", "SASL_SSL", plain(), "SslAuthenticationException")

    def test_what_is_allowed(self):
        client = self.assert_gets_in("sasl", "SASL_PLAINTEXT", plain())
        with self.assertRaises(OracleError) as refused:
            client.produce("secrets", [Record(b"x")])
        self.assertEqual(refused.exception.name, "TopicAuthorizationException")
        self.kafka.oracle.allow(USER, "write", "topic", "secrets")
        client.produce("secrets", [Record(b"x")])
        self.kafka.oracle.allow(USER, "write", "topic", "secrets", allowed=False)
        with self.assertRaises(OracleError) as refused:
            client.produce("secrets", [Record(b"x")])
        self.assertEqual(refused.exception.name, "TopicAuthorizationException")


if __name__ == "__main__":
    VERSION = sys.argv.pop(1)
    unittest.main()
