"""Builds the image that a Dockerfile describes without a container engine: each stage is a folder with a system.

The images `debian:RELEASE` and `debian:RELEASE-slim` are what debootstrap makes of this machine's release; others
are not to be had. Differences to an engine: there are no layers, and what a stage says of ports, labels and so
on is read from the Dockerfile itself.
"""

import functools
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from context import context_files, digest_of
from dockerfile import Copy, Image, MakeFolder, Run, needed_stages

BARE_SYSTEM = Path(__file__).resolve().parent.parent / "bare_system"
BASE = Image(environment={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, command=("bash",))
# What the slim images leave out of every package: see their dpkg configuration.
SLIM = "".join(f"path-exclude /usr/share/{each}/*\n" for each in ("doc", "info", "linda", "lintian", "locale", "man"))


class BuildError(Exception):
    pass


def release_of_this_machine():
    text = Path("/etc/os-release").read_text()
    return re.search(r"^VERSION_CODENAME=(\w+)$", text, re.M)[1]


def find_user(root, user):
    """uid, gid and home of what USER says, by the system's own accounts."""
    name, _, group = user.partition(":")
    accounts = [line.split(":") for line in Path(root, "etc/passwd").read_text().splitlines()]
    groups = [line.split(":") for line in Path(root, "etc/group").read_text().splitlines()]
    known = next((each for each in accounts if name in (each[0], each[2])), None)
    if known is None and not name.isdigit():
        raise BuildError(f"there is no user '{name}' in the system")
    uid = int(known[2] if known else name)
    gid = int(known[3]) if known else 0
    if group:
        known_group = next((each for each in groups if group in (each[0], each[2])), None)
        if known_group is None and not group.isdigit():
            raise BuildError(f"there is no group '{group}' in the system")
        gid = int(known_group[2] if known_group else group)
    return uid, gid, known[5] if known else "/"


def words_of(root, user, folder, environment, command):
    """A command as that user, in that folder, with that environment; to be run below the root."""
    variables = dict(environment)
    identity = []
    if user:
        uid, gid, home = find_user(root, user)
        variables.setdefault("HOME", home)
        identity = ["/usr/bin/setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"]
    return [
        "/usr/bin/env",
        f"--chdir={folder}",
        *(f"{name}={value}" for name, value in variables.items()),
        *identity,
        *command,
    ]


def below(root, path):
    return Path(root, path.lstrip("/"))


class Builder:
    """Works below a folder: context/, base/, stage-NAME/, and cache/ for the mounts of that type."""

    def __init__(self, folder, repository):
        self.folder, self.repository = Path(folder), Path(repository)
        self.say = functools.partial(print, flush=True)
        self.digests = {}

    def root_of(self, stage):
        return self.folder / f"stage-{stage}"

    def build(self, stages):
        """The root folder of the last one. A stage that was built here before, of the same, stays."""
        self._take_context()
        for stage in needed_stages(stages):
            self._build_stage(stage)
        return self.root_of(stages[-1].name)

    def _take_context(self):
        files = context_files(self.repository)
        self.context = self.folder / "context"
        shutil.rmtree(self.context, ignore_errors=True)
        self.context.mkdir(parents=True)
        names = "".join(f"{name}\0" for name in files).encode()
        packed = subprocess.run(
            ["tar", "-C", self.repository, "--null", "-T", "-", "--owner=+0", "--group=+0", "-c"],
            input=names, stdout=subprocess.PIPE, check=True,
        ).stdout  # fmt: skip
        subprocess.run(["tar", "-C", self.context, "-x"], input=packed, check=True)
        self.digests[""] = digest_of(self.repository, files)

    def _base(self, name):
        release = release_of_this_machine()
        if name not in (f"debian:{release}", f"debian:{release}-slim"):
            raise BuildError(f"the image '{name}' is not to be had here, only debian:{release} and debian:{release}-slim")
        root = self.folder / "base"
        if not root.exists():
            begin = time.monotonic()
            made = self.folder / "base.new"
            subprocess.run([BARE_SYSTEM, "make", made], check=True)
            made.rename(root)
            self.say(f"{time.monotonic() - begin:6.0f} s  debootstrap {release}")
        return root

    def _digest(self, stage):
        used = {each.stage for step in stage.steps for each in ([step] if isinstance(step, Copy) else [])}
        for step in stage.steps:
            if isinstance(step, Run):
                used |= {mount.stage for mount in step.mounts if mount.kind == "bind"}
        parts = [repr(stage.steps), self.digests.get(stage.base, stage.base), *(self.digests[each] for each in sorted(used))]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _build_stage(self, stage):
        digest = self.digests[stage.name] = self._digest(stage)
        root, done = self.root_of(stage.name), self.folder / f"stage-{stage.name}.json"
        if done.exists() and json.loads(done.read_text()) == digest:
            self.say(f"stage {stage.name}: as it was built before")
            return
        shutil.rmtree(root, ignore_errors=True)
        done.unlink(missing_ok=True)
        is_stage = stage.base in self.digests
        base = self.root_of(stage.base) if is_stage else self._base(stage.base)
        subprocess.run(["cp", "-a", "--reflink=auto", base, root], check=True)
        if not is_stage and stage.base.endswith("-slim"):
            (root / "etc/dpkg/dpkg.cfg.d/slim").write_text(SLIM)
        for step in stage.steps:
            begin = time.monotonic()
            {Run: self._run, Copy: self._copy, MakeFolder: self._make_folder}[type(step)](root, step)
            kind = type(step).__name__.upper()
            self.say(f"{time.monotonic() - begin:6.0f} s  stage {stage.name}, line {step.line}: {kind}")
        done.write_text(json.dumps(digest))

    def _run(self, root, step):
        mounts, made = [], []
        for mount in step.mounts:
            if mount.kind == "cache":
                source = self.folder / "cache" / mount.target.strip("/").replace("/", "-")
                source.mkdir(parents=True, exist_ok=True)
                mounts += ["--bind", source, mount.target]
            else:
                source = below(self.root_of(mount.stage) if mount.stage else self.context, mount.source)
                if not source.exists():
                    raise BuildError(f"line {step.line}: there is no {mount.source} to mount")
                mounts += ["--bind-read-only", source, mount.target]
            if not below(root, mount.target).exists():
                made.append(below(root, mount.target))
        log = self.folder / "run.log"
        words = words_of(root, step.user, step.folder, step.environment, step.command)
        with log.open("wb") as output:
            done = subprocess.run(
                [BARE_SYSTEM, "enter", root, *mounts, "--", *words],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-40:])
            raise BuildError(f"{last}\nline {step.line}: exit status {done.returncode} of: {step.command[-1]}")
        for each in made:
            each.rmdir()  # the place of a mount is not of the image

    def _make_folder(self, root, step):
        subprocess.run(["chroot", root, "mkdir", "-p", step.path], check=True)

    def _copy(self, root, step):
        if not re.fullmatch(r"\d+:\d+", step.owner):
            raise BuildError(f"line {step.line}: --chown is UID:GID here")
        source_root = self.root_of(step.stage) if step.stage else self.context
        found = []
        for pattern in step.sources:
            matches = sorted(glob.glob(pattern.strip("/") or ".", root_dir=source_root, include_hidden=True))
            if not matches:
                raise BuildError(f"line {step.line}: there is no {pattern}")
            found += [Path(source_root, match) for match in matches]
        if len(found) > 1 and not step.target.endswith("/"):
            raise BuildError(f"line {step.line}: several files, and no / at the end of {step.target}")
        for source in found:
            if source.is_symlink():
                raise BuildError(f"line {step.line}: {source.name} is a link, which is not known here")
            self._copy_one(root, step, source)

    def _copy_one(self, root, step, source):
        uid, gid = step.owner.split(":")
        as_folder = source.is_dir() or step.target.endswith("/")
        folder = step.target if as_folder else os.path.dirname(step.target)
        if not as_folder and below(root, step.target).is_dir():
            raise BuildError(f"line {step.line}: {step.target} is a folder; write a / at its end")
        subprocess.run(["chroot", root, "mkdir", "-p", folder], check=True)
        pack = ["tar", f"--owner=+{uid}", f"--group=+{gid}", "--numeric-owner", "-c"]
        if step.mode:
            pack.append(f"--mode={step.mode}")
        if source.is_dir():
            pack += ["-C", source, "."]
        else:
            pack += ["-C", source.parent, f"--transform=s|.*|{os.path.basename(step.target) or source.name}|", source.name]
        packed = subprocess.run(pack, stdout=subprocess.PIPE, check=True).stdout
        # Inside, so that no link of the system leads out of it.
        unpack = ["chroot", root, "tar", "-x", "-p", "--numeric-owner", "--keep-directory-symlink", "-C", folder]
        subprocess.run(unpack, input=packed, check=True)
