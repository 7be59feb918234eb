"""A schema registry with Confluent's API: Apicurio's, which keeps everything in memory."""

import json
import ssl
import urllib.request
from pathlib import Path

from services import jars, ports
from services.java_process import JavaProcess

PATH = "/apis/ccompat/v7"
TYPE = "application/vnd.schemaregistry.v1+json"


class Registry(JavaProcess):
    """On a free port; what it is told is gone when it is started again. certificates: then it is https only."""

    def __init__(self, folder, certificates=None):
        self.port = ports.take()
        self.certificates = certificates
        scheme, kind = ("http", "port") if certificates is None else ("https", "ssl-port")
        settings = {"host": "127.0.0.1", kind: self.port}
        if certificates is not None:
            settings |= {
                "insecure-requests": "disabled",
                "ssl.certificate.files": certificates.certificate("server"),
                "ssl.certificate.key-files": certificates.key("server"),
            }
        self.origin = f"{scheme}://127.0.0.1:{self.port}"
        self.url = self.origin + PATH
        options = [f"-Dquarkus.http.{name}={value}" for name, value in settings.items()]
        super().__init__(Path(folder) / "registry.log", [*options, "-jar", str(jars.registry())], heap="192m")

    def await_started(self):
        self.await_(lambda: "Listening on:" in self.log(), "the schema registry")

    def ask(self, path, body=None, method=None):
        """JSON of an answer; urllib.error.HTTPError otherwise."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": TYPE}, method=method)
        trusted = ssl.create_default_context(cafile=self.certificates.certificate("authority")) if self.certificates else None
        with urllib.request.urlopen(request, timeout=30, context=trusted) as answer:
            return json.loads(answer.read())

    def register(self, subject, schema, kind="AVRO"):
        """Answers the id. schema: a text, or what becomes one of JSON."""
        text = schema if isinstance(schema, str) else json.dumps(schema)
        return self.ask(f"/subjects/{subject}/versions", {"schema": text, "schemaType": kind})["id"]

    def schema(self, number):
        """The text of an id."""
        return self.ask(f"/schemas/ids/{number}")["schema"]

    def subjects(self):
        return self.ask("/subjects")

    def __enter__(self):
        self.start()
        self.await_started()
        return self

    def __exit__(self, *_):
        self.kill()
