"""Packets that are lost on their way, by the kernel: in a network that is the test's alone."""

import fcntl
import os
import re
import socket
import struct
import subprocess
import sys

MARK = "HIVEFRAMED_OWN_NETWORK"


class NoNetwork(Exception):
    """Not here: no rights to make one, no nft, or a kernel without what it takes."""


def enter_own_network():
    """Starts this program again, in a network that has nothing but 127.0.0.1. To be called first of all."""
    if MARK in os.environ:
        _bring_up("lo")
        return
    command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    try:
        subprocess.run([*command, "nft", "add", "table", "inet", "faults"], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoNetwork(f"there is no {error.filename}: deploy/install-packages services") from None
    except subprocess.CalledProcessError as error:
        raise NoNetwork(error.stderr.strip()) from None
    os.execvpe(command[0], [*command, sys.executable, *sys.argv], os.environ | {MARK: "yes"})


def _bring_up(device):
    """SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP: see netdevice(7)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", device.encode(), 0)
        name, flags = struct.unpack("16sH14x", fcntl.ioctl(control, 0x8913, request))
        fcntl.ioctl(control, 0x8914, struct.pack("16sH14x", name, flags | 1))


def _nft(commands):
    done = subprocess.run(["nft", "-f", "-"], input=commands, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{commands}\n{done.stderr}"
    return done.stdout


class PacketLoss:
    """Of TCP from and to these ports, so many of a hundred packets: 100 is a cable that was pulled."""

    def __init__(self, ports, percent):
        chosen = ", ".join(str(port) for port in ports)
        lost = f"numgen random mod 100 < {percent} counter drop" if percent < 100 else "counter drop"
        self._rules = f"""
            table inet faults {{
              chain loss {{
                type filter hook input priority 0; policy accept;
                tcp dport {{ {chosen} }} {lost}
                tcp sport {{ {chosen} }} {lost}
              }}
            }}
        """

    def __enter__(self):
        _nft(self._rules)
        return self

    def dropped(self):
        """Packets up to now."""
        return sum(int(count) for count in re.findall(r"counter packets (\d+)", _nft("list chain inet faults loss\n")))

    def __exit__(self, *_):
        _nft("flush chain inet faults loss\ndelete chain inet faults loss\n")
