"""Servers written in Java, fetched once from Maven's central repository into build/tools."""

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from e2e.tools import fetched

HERE = Path(__file__).resolve().parent
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
KAFKA_VERSIONS = ("3.9.1", "4.1.1")
REGISTRY_VERSION = "2.6.13"
ATTEMPTS = 4
FETCHING = 200  # seconds, for one attempt
PASSWORD = "changeit"  # of a store of what everybody may know


def _options(folder):
    """Java knows neither the proxies of the environment nor its authorities."""
    options = []
    for scheme in ("http", "https"):
        proxy = urlsplit(os.environ.get(f"{scheme}_proxy") or os.environ.get(f"{scheme.upper()}_PROXY") or "")
        if proxy.hostname:
            options += [f"-D{scheme}.proxyHost={proxy.hostname}", f"-D{scheme}.proxyPort={proxy.port or 80}"]
    authorities = os.environ.get("SSL_CERT_FILE")
    if authorities:
        store = Path(folder) / "authorities.p12"
        subprocess.run(["java", HERE / "Truststore.java", authorities, store, PASSWORD], check=True, capture_output=True)
        options += [f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"]
    return options


def _maven(goal, *options):
    with tempfile.TemporaryDirectory() as folder:
        command = ["mvn", "-q", "-B", *_options(folder), f"{PLUGIN}:{goal}", *options]
        for attempt in range(1, ATTEMPTS + 1):
            try:
                # In a folder of its own: one with a project in it would be read.
                subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=FETCHING)
                return
            except subprocess.CalledProcessError as error:
                if attempt == ATTEMPTS:
                    raise OSError(f"mvn: {error.stdout[-1000:]}{error.stderr[-1000:]}") from None
            except subprocess.TimeoutExpired:
                if attempt == ATTEMPTS:
                    raise
            time.sleep(5 * attempt)


def _check(folder, name):
    """Each file is as it was when it was chosen, and there is no other."""
    expected = {}
    for line in (HERE / "checksums" / f"{name}.sha256").read_text().splitlines():
        checksum, file = line.split()
        expected[file] = checksum
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    if found != expected:
        differing = sorted(file for file in found | expected if found.get(file) != expected.get(file))
        raise ValueError(f"{name}: not what was expected: {', '.join(differing)}")


def kafka(version):
    """The class path of a broker, and of Kafka's own client."""

    def fetch(folder):
        _maven(
            "copy-dependencies", "-f", str(HERE / "kafka.pom.xml"), f"-Dkafka.version={version}",
            "-DincludeScope=runtime", f"-DoutputDirectory={folder}",
        )  # fmt: skip
        _check(folder, f"kafka-{version}")

    return f"{fetched(f'kafka-{version}', fetch)}/*"


def registry():
    """The jar of Apicurio's schema registry."""
    name = f"apicurio-{REGISTRY_VERSION}"

    def fetch(folder):
        artifact = f"io.apicurio:apicurio-registry-app:{REGISTRY_VERSION}.Final:tar.gz:all"
        _maven("copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
        _check(folder, name)
        (archive,) = folder.iterdir()
        shutil.unpack_archive(archive, folder)
        archive.unlink()

    (jar,) = fetched(name, fetch).glob("apicurio-registry-app-*-runner.jar")
    return jar


def oracle(classpath):
    """The class path of oracle/*.java, compiled, beside that of its client."""
    sources = sorted((HERE / "oracle").glob("*.java"))
    version = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]

    def fetch(folder):
        classes = folder / "classes"
        command = ["javac", "-Xlint:all,-processing", "-Werror", "-d", classes, "-cp", classpath, *sources]
        compiled = subprocess.run(command, capture_output=True, text=True, check=False)
        assert compiled.returncode == 0, compiled.stderr
        # An archive of classes cannot hold those of a folder.
        shutil.make_archive(folder / "oracle", "zip", classes)
        shutil.rmtree(classes)

    return f"{fetched(f'kafka-oracle-{version}', fetch)}/oracle.zip:{classpath}"


def java():
    """Of this machine, told from another: what one has archived is of no use to the next."""
    program = shutil.which("java")
    if program is None:
        raise FileNotFoundError("there is no java: deploy/install-packages services")
    real = Path(program).resolve()
    return hashlib.sha256(f"{real} {real.stat().st_mtime_ns}".encode()).hexdigest()[:8]
