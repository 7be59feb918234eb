"""Apache Kafka, of one broker or three, on free ports of 127.0.0.1."""

from pathlib import Path

from services import broker
from services.certificates import Certificates
from services.listeners import Listeners
from services.oracle import Oracle

VERSION = "3.9.1"
SCRAM_USER, SCRAM_PASSWORD = "bob", "bob-secret"


class Kafka:
    """In a folder of the test's.

    brokers: 1, or 3, which then keep three copies of everything, of which two must be in step.
    listeners: any of "sasl", "tls", "sasl_tls", "proxied", beside "plain"; see services/listeners.py.
    proxies: of each broker, where "proxied" is among the listeners.
    access: who is not anonymous may do only what oracle.allow said.
    settings: more for server.properties.
    heap, java: of each broker's memory, and more options of its virtual machine.
    """

    def __init__(
        self, folder, brokers=1, version=VERSION, listeners=(), access=False, settings=None, heap="256m", java=()
    ):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.certificates = Certificates(self.folder / "tls") if any("tls" in name for name in listeners) else None
        archive = broker.archive(version)
        self.brokers = [
            broker.Broker(self.folder, version, number, Listeners(listeners), heap, archive, java)
            for number in range(1, brokers + 1)
        ]
        self.proxies = [each.listeners.proxy for each in self.brokers if each.listeners.proxy]
        self._settings = broker.settings_of(brokers)
        if access:
            self._settings |= {
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:ANONYMOUS",
            }
        self._settings |= settings or {}
        self._oracle = None

    def bootstrap(self, listener="plain"):
        return ",".join(each.listeners.address(listener) for each in self.brokers)

    @property
    def oracle(self):
        """Kafka's own client, on "plain"."""
        if self._oracle is None:
            self._oracle = Oracle(self.folder, self.bootstrap(), replicas=min(3, len(self.brokers))).start()
        return self._oracle

    def start(self):
        """With nothing in it."""
        formatting = []
        for each in self.brokers:
            each.configure([other.voter for other in self.brokers], self._settings, self.certificates)
            formatting.append(each.begin_formatting())
        for each in formatting:
            _, errors = each.communicate()
            assert each.returncode == 0, errors.decode()
        for each in self.brokers:
            each.start()
        for each in self.proxies:
            each.start()
        self.await_started()
        if any(name.startswith("sasl") for name in self.brokers[0].listeners.ports):
            self.oracle.add_scram_user(SCRAM_USER, SCRAM_PASSWORD)
        return self

    def await_started(self):
        """All of them, and each knows the others."""
        for each in self.brokers:
            each.await_started()
        if len(self.brokers) > 1:
            self.oracle.await_brokers(len(self.brokers))

    def generations(self, group):
        """Of a consumer group: each time its members agreed on who has what, as the brokers have logged it."""
        return sorted(number for each in self.brokers for number in each.generations(group))

    def close(self):
        """At once: nobody needs the data any more."""
        if self._oracle is not None:
            self._oracle.close()
        for each in self.brokers:
            each.kill()
        for each in self.proxies:
            each.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()
