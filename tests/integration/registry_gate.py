"""Stands before a schema registry: asks who is there, is closed for a while, or is something else altogether."""

import base64
import contextlib
import http.server
import threading
import time
import urllib.error
import urllib.request

USER, PASSWORD = "ava", "pass wörd"
LOGIN = {"schema_registry_username": USER, "schema_registry_password": PASSWORD}


class Gate(http.server.ThreadingHTTPServer):
    """closed: it answers 503; silent: nothing at all; html: a web page. asked: all paths, let in or not."""

    daemon_threads = True

    def __init__(self, registry):
        super().__init__(("127.0.0.1", 0), Guard)
        self.registry = registry
        self.closed = False
        self.silent = False
        self.html = False
        self.asked = []
        self.url = f"http://127.0.0.1:{self.server_port}/gate"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.silent = False
        self.shutdown()
        self.server_close()


class Guard(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Who asked may be gone.
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def do_GET(self):
        gate = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
        gate.asked.append(self.path)
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        while gate.silent:
            time.sleep(0.05)
        if gate.html:
            self.answer(200, b"<html><title>Welcome</title></html>", "text/html")
        elif gate.closed:
            self.answer(503, b"closed", "text/plain")
        elif self.headers.get("Authorization") != expected:
            self.answer(401, b'{"error_code":401,"message":"who are you?"}')
        else:
            path = self.path.removeprefix("/gate")
            headers = {"Content-Type": self.headers["Content-Type"]} if body else {}
            request = urllib.request.Request(gate.registry.url + path, body, headers)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self.answer(answer.status, answer.read())
            except urllib.error.HTTPError as error:
                self.answer(error.code, error.read())

    do_POST = do_GET
