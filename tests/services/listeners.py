"""The doors of a broker, each on a port of its own."""

from services import ports
from services.proxy import Proxy

# By name: the protocol that Kafka calls it, and whether it asks who is there.
PROTOCOLS = {
    "plain": "PLAINTEXT",  # for the oracle, and between brokers; anonymous, and allowed everything
    "sasl": "SASL_PLAINTEXT",  # PLAIN, SCRAM-SHA-256, SCRAM-SHA-512
    "tls": "SSL",  # a client certificate is required
    "sasl_tls": "SASL_SSL",  # a user, and no client certificate
    "proxied": "PLAINTEXT",  # tells clients to come by a proxy
}
USER, PASSWORD = "alice", "alice-secret"
LOGIN = "org.apache.kafka.common.security"


class Listeners:
    """Of one broker."""

    def __init__(self, names):
        self.ports = {name: ports.take() for name in ("plain", *names)}
        self.proxy = Proxy(self.ports["proxied"]) if "proxied" in names else None

    def address(self, name):
        """What a client begins with, and is told."""
        return f"127.0.0.1:{self.proxy.port if name == 'proxied' else self.ports[name]}"

    def settings(self, certificates):
        settings = {
            "listeners": [f"{name.upper()}://127.0.0.1:{port}" for name, port in self.ports.items()],
            "advertised.listeners": [f"{name.upper()}://{self.address(name)}" for name in self.ports],
            "listener.security.protocol.map": [f"{name.upper()}:{PROTOCOLS[name]}" for name in self.ports],
            "inter.broker.listener.name": "PLAIN",
        }
        for name in self.ports:
            if name.startswith("sasl"):
                settings |= self._logins(f"listener.name.{name}")
            if "tls" in name:
                settings |= {
                    f"listener.name.{name}.ssl.keystore.type": "PEM",
                    f"listener.name.{name}.ssl.keystore.location": certificates.keystore,
                    f"listener.name.{name}.ssl.truststore.type": "PEM",
                    f"listener.name.{name}.ssl.truststore.location": certificates.certificate("authority"),
                    # "requested" would let in whoever has none.
                    f"listener.name.{name}.ssl.client.auth": "required" if name == "tls" else "none",
                }
        return settings

    @staticmethod
    def _logins(prefix):
        scram = f"{LOGIN}.scram.ScramLoginModule required;"
        return {
            f"{prefix}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
            f"{prefix}.plain.sasl.jaas.config": f'{LOGIN}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            f"{prefix}.scram-sha-256.sasl.jaas.config": scram,
            f"{prefix}.scram-sha-512.sasl.jaas.config": scram,
        }
