#!/usr/bin/env python3
"""What the service manager hears of a daemon that has come to a stand: nothing, so that it may start it again.

    watchdog_test.py BINARY [unittest's arguments]

Threads are stopped one by one, as a debugger does it (ptrace(2)): that of the control executor, or all others.
"""

import ctypes
import os
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path

from service import PATIENCE, Service

BINARY = ""
INTERVAL = 1.0  # seconds, of WATCHDOG_USEC
LOOKS_EVERY = 1.0  # seconds; whether the threads of the data plane turn
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # __WALL of waitpid(2): threads too


def ptrace(request, thread):
    function = ctypes.CDLL(None, use_errno=True).ptrace
    function.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    function.restype = ctypes.c_long
    if function(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request}")


class WatchdogTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="hiveframed-watchdog-")
        self.addCleanup(folder.cleanup)
        address = str(Path(folder.name) / "notify")
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.bind(address)
        self.service = Service(BINARY, folder.name)
        self.addCleanup(self.service.kill)
        self.service.environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(int(INTERVAL * 1e6))}
        self.service.write("a", "source: {type: generate, rate: 100}\nsink: discard\n")
        self.service.start()
        self.stopped = []
        self.addCleanup(self.go_on)  # or what was killed could not end
        self.await_feeding()

    def hears(self, seconds):
        """When it is fed next, if that is within the time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.manager.settimeout(left)
            try:
                message = self.manager.recv(65536)
            except TimeoutError:
                break
            if b"WATCHDOG=1" in message:
                return time.monotonic()
        return None

    def await_feeding(self):
        for _ in range(3):
            self.assertIsNotNone(self.hears(PATIENCE), self.service.log())

    def threads(self):
        return {int(each) for each in os.listdir(f"/proc/{self.service.process.pid}/task")}

    def stop(self, threads):
        for thread in threads:
            ptrace(PTRACE_SEIZE, thread)
            self.stopped.append(thread)
            ptrace(PTRACE_INTERRUPT, thread)
            os.waitpid(thread, WALL)

    def go_on(self):
        while self.stopped:
            ptrace(PTRACE_DETACH, self.stopped.pop())

    def check(self, threads):
        self.stop(threads)
        # What was on its way, and the time until it looks after its threads again.
        deadline = time.monotonic() + LOOKS_EVERY + INTERVAL
        while (left := deadline - time.monotonic()) > 0:
            self.hears(left)
        self.assertIsNone(self.hears(3 * INTERVAL), "it says that it is alive")
        self.go_on()
        self.await_feeding()
        self.assertEqual(self.service.stop(), 0)

    def test_a_healthy_one_feeds_it_twice_in_an_interval(self):
        times = [self.hears(PATIENCE) for _ in range(10)]
        longest = max(later - earlier for earlier, later in zip(times, times[1:]))
        self.assertLess(longest, INTERVAL)

    def test_a_control_thread_that_stands_still_does_not(self):
        self.check({self.service.process.pid})

    def test_a_data_plane_that_stands_still_does_not(self):
        self.check(self.threads() - {self.service.process.pid})


if __name__ == "__main__":
    BINARY = sys.argv.pop(1)
    unittest.main()
