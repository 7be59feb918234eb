"""A daemon with an admin API on a free port and on a Unix socket, and what asks it."""

import json
import re
import socket
import subprocess
import urllib.error
import urllib.request

from service import PATIENCE, Service


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Daemon(Service):
    """Of these pipelines, by name. `admin`: its section of the daemon file."""

    def __init__(self, program, folder, pipelines, admin=None):
        listen = f"{{listen: ['127.0.0.1:0', 'unix:{folder}/admin.sock']}}"
        super().__init__(program, folder, f"admin: {admin or listen}")
        for name, text in pipelines.items():
            self.write(name, text)

    def urls(self):
        return re.findall(r"admin API on (\S+)", self.log())

    def started(self, listeners=2):
        self.start()
        self.await_(lambda: len(self.urls()) == listeners)
        return self

    @property
    def url(self):
        return next(url for url in self.urls() if url.startswith("http"))

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def connection(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, path, method="GET", body=None, headers=None):
        request = urllib.request.Request(self.url + path, method=method, data=body, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())

    def post(self, path):
        return self.ask(path, method="POST")

    def pipeline(self, name):
        return self.ask(f"/pipelines/{name}").json

    def state(self, name):
        return self.pipeline(name)["state"]

    def await_state(self, name, state):
        self.await_(lambda: self.state(name) == state)

    def ctl(self, *arguments, url=None, environment=None):
        return subprocess.run(
            [self.program, "ctl", *(["--url", self.url if url is None else url] if url != "" else []), *arguments],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env=environment,
            check=False,
        )
