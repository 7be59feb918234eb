"""deploy/compose.yaml as docker-compose itself reads it: checked, defaults and variables filled in."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml
from container import Limits

REPOSITORY = Path(__file__).resolve().parent.parent.parent
COMPOSE = REPOSITORY / "deploy/compose.yaml"


@dataclass(frozen=True)
class Service:
    limits: Limits
    grace: float  # seconds from the signal to the end
    settings: dict  # all of it


def read_configuration(**variables):
    done = subprocess.run(
        ["docker-compose", "-f", COMPOSE, "config"], env=os.environ | variables, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return yaml.safe_load(done.stdout)


def seconds_of(text):
    minutes, seconds = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text).groups()
    return 60.0 * int(minutes or 0) + int(seconds or 0)


def read_compose(pipelines):
    """The one service, with that folder of pipelines. A volume with a name is the container's own."""
    (settings,) = read_configuration(HIVEFRAMED_PIPELINES=str(pipelines))["services"].values()
    mounts = []
    for each in settings["volumes"]:
        source, target, mode = re.fullmatch(r"([^:]+):([^:]+)(?::(\w+))?", each).groups()
        if source.startswith("/"):
            mounts.append((source, target, mode == "ro"))
    limits = Limits(
        read_only=settings["read_only"],
        drop_capabilities=settings["cap_drop"] == ["ALL"],
        no_new_privileges="no-new-privileges:true" in settings["security_opt"],
        tmpfs=tuple(each.partition(":")[0] for each in settings["tmpfs"]),
        mounts=tuple(mounts),
    )
    return Service(limits, seconds_of(settings["stop_grace_period"]), settings)
