"""Certificates made by the openssl command: an authority, a server of 127.0.0.1, a client, and an authority that nobody knows."""

import subprocess
from pathlib import Path

DAYS = "2"
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Certificates:
    """In a folder: authority.pem, server.pem and client.pem (certificate), each with a .key, and stranger.pem."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self._make_authority("authority")
        self._make_authority("stranger")
        self._sign("server", "subjectAltName=IP:127.0.0.1,DNS:localhost")
        self._sign("client", "extendedKeyUsage=clientAuth")
        # As Kafka wants it: see KIP-651.
        self.keystore = self.folder / "server-with-key.pem"
        self.keystore.write_text(self.key("server").read_text() + self.certificate("server").read_text())

    def certificate(self, name):
        return self.folder / f"{name}.pem"

    def key(self, name):
        return self.folder / f"{name}.key"

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def _make_authority(self, name):
        self._openssl(
            "req", "-x509", *KEY, "-days", DAYS, "-keyout", f"{name}.key", "-out", f"{name}.pem",
            "-subj", f"/CN=test {name}", "-addext", "keyUsage=critical,keyCertSign",
        )  # fmt: skip

    def _sign(self, name, extension):
        self._openssl("req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN=test {name}")
        (self.folder / f"{name}.ext").write_text(f"{extension}\n")
        self._openssl(
            "x509", "-req", "-in", f"{name}.csr", "-days", DAYS, "-CA", "authority.pem", "-CAkey", "authority.key",
            "-CAcreateserial", "-extfile", f"{name}.ext", "-out", f"{name}.pem",
        )  # fmt: skip
