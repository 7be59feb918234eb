"""What a service costs beside its work: answers of /metrics while all cores are busy, pipelines that have nothing
to do, and a tap that nobody looks at."""

import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time

from isolation import cpu_clock
from measuring import REBUILT, Wrong, mark

METRICS_BAR = 0.050  # seconds, p99
IDLE_CPU_BAR, IDLE_MEMORY_BAR = 0.01, 50  # of a core; MiB
TAP_BAR = 0.02
IDLE = 100
PATIENCE = 300  # seconds


class Connection(http.client.HTTPConnection):
    """To a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.path)


class Service:
    """`serve` with these pipelines, by name, in a folder of its own, on these processors."""

    def __init__(self, bench, pipelines, cpus):
        self.folder = bench.folder / "service"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "pipelines").mkdir(parents=True)
        for name, text in pipelines.items():
            (self.folder / "pipelines" / f"{name}.yaml").write_text(text)
        socket_path = self.folder / "admin.sock"
        file = self.folder / "hiveframed.yaml"
        file.write_text(f"pipelines: pipelines\nstate_dir: state\nadmin: 'unix:{socket_path}'\n")
        command = ["taskset", "-c", ",".join(map(str, cpus)), bench.hiveframed, "serve", "--config", file]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stderr=log)
        self.clock = cpu_clock(self.process.pid)
        self.connection = Connection(socket_path)
        self.wait_for(socket_path.exists)

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"the daemon is not as it should be\n{(self.folder / 'log').read_text()}")
            time.sleep(0.002)

    def metrics(self):
        self.connection.request("GET", "/metrics")
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise Wrong(f"/metrics: {answer.status} {text}")
        return text

    def running(self):
        return len(re.findall(r'^hiveframe_pipeline_state{[^}]*state="running"} 1$', self.metrics(), re.M))

    def cpu(self):
        return time.clock_gettime(self.clock)

    def memory(self):
        """Resident now, MiB."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024

    def end(self):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Wrong("the daemon did not stop") from None
        if status != 0:
            raise Wrong(f"the daemon ended with {status}\n{(self.folder / 'log').read_text()}")


def generated(rate=""):
    return (f"source: {{type: generate{rate}, template: {{id: '{{{{ meta.sequence }}}}', amount: 12.5}}}}\n"
            "transforms:\n  - filter: record.amount > 10\n  - set: {total: record.amount * 1.2}\nsink: discard\n")


def metrics(bench, seconds):
    """On all processors, with two pipelines for each that take whatever they get."""
    count = 2 * len(bench.cpus)
    service = Service(bench, {f"busy{i}": generated() for i in range(count)}, bench.cpus)
    service.wait_for(lambda: service.running() == count)
    took, cpu, begin = [], service.cpu(), time.monotonic()
    while time.monotonic() < begin + seconds:
        asked = time.monotonic()
        size = len(service.metrics())
        took.append(time.monotonic() - asked)
        time.sleep(0.005)
    busy = (service.cpu() - cpu) / (time.monotonic() - begin)
    service.end()
    took.sort()
    half, most, worst = (took[int(share * (len(took) - 1))] for share in (0.5, 0.99, 1))
    print(f"\n/metrics of {count} pipelines that use {busy:.1f} of {len(bench.cpus)} cores, {len(took):,} answers of "
          f"{size / 1000:.0f} kB, ms")
    print(f"{'median':>10}{'p99':>10}{'longest':>10}{'to reach':>12}")
    print(f"{half * 1e3:10.1f}{most * 1e3:10.1f}{worst * 1e3:10.1f}{METRICS_BAR * 1e3:12.0f}{mark(most <= METRICS_BAR)}")
    bench.add(part="service", work="metrics", median_s=half, p99_s=most, longest_s=worst, cores=busy, bar=METRICS_BAR)


def idle(bench, seconds):
    """With pipelines that wait for a record in a thousand seconds."""
    service = Service(bench, {f"idle{i}": generated(", rate: 0.001") for i in range(IDLE)}, bench.cpus)
    service.wait_for(lambda: service.running() == IDLE)
    time.sleep(2)
    cpu, begin = service.cpu(), time.monotonic()
    time.sleep(seconds)
    share = (service.cpu() - cpu) / (time.monotonic() - begin)
    memory = service.memory()
    threads = len(os.listdir(f"/proc/{service.process.pid}/task"))
    service.end()
    print(f"\n{IDLE} pipelines with nothing to do, {threads} threads")
    print(f"{'of a core':>14}{'to reach':>10}{'MiB':>8}{'to reach':>10}")
    print(f"{share:14.2%}{IDLE_CPU_BAR:10.0%}{memory:8.0f}{IDLE_MEMORY_BAR:10.0f}"
          f"{mark(share <= IDLE_CPU_BAR and memory <= IDLE_MEMORY_BAR)}")
    bench.add(part="service", work="idle", cpu=share, memory_mib=memory, cpu_bar=IDLE_CPU_BAR,
              memory_bar=IDLE_MEMORY_BAR)


def tap(bench):
    """The same work by `run`, which has no tap, and by `serve`, which has one that nobody looks at: CPU seconds, in
    which the service has those that it takes to begin."""
    ours = bench.folder / "tap.out"
    run = bench.pipeline("untapped", REBUILT, ours)
    text = run.read_text()

    def served():
        ours.unlink(missing_ok=True)
        service = Service(bench, {"untapped": text}, bench.cpus[-1:])
        service.wait_for(ours.exists)  # it is renamed when it is complete; asking the daemon would cost it
        cpu = service.cpu()
        service.end()
        return cpu

    none, unused = [], []
    for turn in range(bench.rounds):
        runners = [lambda: none.append(bench.measure(bench.daemon(run), bench.cpus[-1:], ours).cpu),
                   lambda: unused.append(served())]
        for each in runners if turn % 2 == 0 else reversed(runners):
            each()
    ours.unlink()
    without, beside = statistics.median(none), statistics.median(unused)
    cost = beside / without - 1
    print(f"\nA tap that nobody looks at, CPU seconds on one core, median of {bench.rounds}")
    print(f"{'without':>10}{'with':>10}{'cost':>10}{'at most':>10}")
    print(f"{without:10.2f}{beside:10.2f}{cost:10.1%}{TAP_BAR:10.0%}{mark(cost <= TAP_BAR)}")
    bench.add(part="service", work="tap", without_cpu_s=without, with_cpu_s=beside, cost=cost, bar=TAP_BAR)


def service(bench, quick):
    metrics(bench, 5 if quick else 30)
    idle(bench, 5 if quick else 30)
    tap(bench)
