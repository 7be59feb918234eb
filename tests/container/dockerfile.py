"""What the stages of a Dockerfile do, and what a container of the last one is started with."""

import re
from dataclasses import dataclass, field, replace

from instructions import DockerfileError, command_of, json_words, read_instructions, seconds_of, split_words

@dataclass(frozen=True)
class HealthCheck:
    """Seconds, and what to run. Without a command there is none (HEALTHCHECK NONE)."""

    command: tuple = ()
    interval: float = 30.0
    timeout: float = 30.0
    start_period: float = 0.0
    retries: int = 3


@dataclass(frozen=True)
class Image:
    """What a container is started with."""

    environment: dict = field(default_factory=dict)
    user: str = ""
    folder: str = "/"
    entrypoint: tuple = ()
    command: tuple = ()
    health_check: HealthCheck | None = None
    volumes: tuple = ()
    ports: tuple = ()
    labels: dict = field(default_factory=dict)
    stop_signal: str = "SIGTERM"


@dataclass(frozen=True)
class Mount:
    """Of one RUN: `bind` shows a folder of a stage or of the context, `cache` keeps one from build to build."""

    kind: str
    target: str
    source: str = "/"
    stage: str = ""  # else the context


@dataclass(frozen=True)
class Run:
    """A command in the stage's system."""

    line: int
    command: tuple
    environment: dict
    user: str
    folder: str
    mounts: tuple = ()


@dataclass(frozen=True)
class Copy:
    """Files of a stage or of the context, into a folder or under a name."""

    line: int
    sources: tuple
    target: str  # absolute; ends with / if it is a folder
    stage: str = ""  # else the context
    owner: str = "0:0"
    mode: str = ""


@dataclass(frozen=True)
class MakeFolder:
    """Of WORKDIR."""

    line: int
    path: str


@dataclass(frozen=True)
class Stage:
    name: str
    base: str  # of another stage, or an image from elsewhere
    steps: tuple
    image: Image


def absolute(folder, path):
    """As WORKDIR makes of a path; the / at its end stays."""
    if path in (".", "./"):
        path = ""
        folder = folder.rstrip("/") + "/"
    elif path.startswith("./"):
        path = path[2:]
    return path if path.startswith("/") else (folder.rstrip("/") + "/" + path)


class StageReader:
    """What the instructions after one FROM make of it. Variables are filled in where the builder does it."""

    def __init__(self, name, base, image, arguments):
        self.name, self.base, self.image = name, base, image
        self.given = arguments  # --build-arg
        self.arguments = {}  # that are declared
        self.steps = []
        self.command_is_own = False

    def stage(self):
        return Stage(self.name, self.base, tuple(self.steps), self.image)

    def take(self, instruction):
        getattr(self, "_" + instruction.name.lower())(instruction)

    def _variables(self):
        return self.arguments | self.image.environment

    def _words(self, instruction):
        return split_words(instruction.line, instruction.text, self._variables())

    def _one_word(self, instruction):
        words = self._words(instruction)
        if len(words) != 1:
            raise DockerfileError(instruction.line, f"{instruction.name} takes one word")
        return words[0]

    def _pairs(self, instruction):
        pairs = [word.partition("=") for word in self._words(instruction)]
        for name, equals, _ in pairs:
            if not equals or not name:
                raise DockerfileError(instruction.line, f"{instruction.name} is written NAME=VALUE here")
        return {name: value for name, _, value in pairs}

    def _arg(self, instruction):
        name, equals, default = self._one_word(instruction).partition("=")
        if name in self.given:
            self.arguments[name] = self.given[name]
        elif equals:
            self.arguments[name] = default

    def _env(self, instruction):
        self.image = replace(self.image, environment=self.image.environment | self._pairs(instruction))

    def _label(self, instruction):
        self.image = replace(self.image, labels=self.image.labels | self._pairs(instruction))

    def _run(self, instruction):
        mounts = []
        for _, value in instruction.options:
            mounts.append(self._mount(instruction.line, value))
        self.steps.append(
            Run(
                instruction.line,
                command_of(instruction),
                self._variables(),
                self.image.user,
                self.image.folder,
                tuple(mounts),
            )
        )

    def _mount(self, line, value):
        settings = dict(each.partition("=")[::2] for each in value.split(","))
        kind, target = settings.pop("type", "bind"), settings.pop("target", "")
        source, stage = settings.pop("source", "/"), settings.pop("from", "")
        if kind not in ("bind", "cache") or not target.startswith("/") or settings or (kind == "cache" and stage):
            raise DockerfileError(line, f"the mount '{value}' is not known here")
        return Mount(kind, target, source, stage)

    def _copy(self, instruction):
        if instruction.text.startswith("["):
            words = json_words(instruction.line, instruction.text)
        else:
            words = self._words(instruction)
        if len(words) < 2:
            raise DockerfileError(instruction.line, "COPY takes a source and a target")
        *sources, target = words
        target = absolute(self.image.folder, target)
        if len(sources) > 1 and not target.endswith("/"):
            raise DockerfileError(instruction.line, "COPY of several sources is into a folder, with a / at its end")
        options = dict(instruction.options)
        self.steps.append(
            Copy(
                instruction.line,
                tuple(sources),
                target,
                options.get("from", ""),
                options.get("chown", "0:0"),
                options.get("chmod", ""),
            )
        )

    def _workdir(self, instruction):
        folder = absolute(self.image.folder, self._one_word(instruction))
        self.image = replace(self.image, folder=folder)
        self.steps.append(MakeFolder(instruction.line, folder))

    def _user(self, instruction):
        self.image = replace(self.image, user=self._one_word(instruction))

    def _entrypoint(self, instruction):
        self.image = replace(self.image, entrypoint=command_of(instruction))
        if not self.command_is_own:  # that of the base was for another entrypoint
            self.image = replace(self.image, command=())

    def _cmd(self, instruction):
        self.image = replace(self.image, command=command_of(instruction))
        self.command_is_own = True

    def _healthcheck(self, instruction):
        if instruction.text == "NONE":
            self.image = replace(self.image, health_check=HealthCheck())
            return
        word, _, rest = instruction.text.partition(" ")
        if word != "CMD" or not rest.strip():
            raise DockerfileError(instruction.line, "HEALTHCHECK is NONE, or CMD and a command")
        options = {}
        for name, value in instruction.options:
            if name == "retries":
                if not re.fullmatch(r"[1-9]\d*", value):
                    raise DockerfileError(instruction.line, f"'{value}' is not a number of retries")
                options[name] = int(value)
            else:
                options[name.replace("-", "_")] = seconds_of(instruction.line, value)
        command = command_of(replace(instruction, text=rest.strip()))
        self.image = replace(self.image, health_check=HealthCheck(command, **options))

    def _volume(self, instruction):
        if instruction.text.startswith("["):
            paths = json_words(instruction.line, instruction.text)
        else:
            paths = tuple(self._words(instruction))
        self.image = replace(self.image, volumes=self.image.volumes + paths)

    def _expose(self, instruction):
        for word in self._words(instruction):
            if not re.fullmatch(r"\d+(/(tcp|udp))?", word):
                raise DockerfileError(instruction.line, f"'{word}' is not a port")
            self.image = replace(self.image, ports=(*self.image.ports, word))

    def _stopsignal(self, instruction):
        self.image = replace(self.image, stop_signal=self._one_word(instruction))


def read_stages(text, arguments=None, base_image=None):
    """The stages in order; the last one is the image.

    arguments: of ARG, as --build-arg gives them. base_image: what an image from elsewhere brings along.
    """
    arguments = arguments or {}
    stages, reader, before_first = [], None, StageReader("", "", Image(), arguments)
    for instruction in read_instructions(text):
        if instruction.name == "FROM":
            if reader:
                stages.append(reader.stage())
            reader = _begin_stage(instruction, stages, before_first.arguments, base_image or Image(), arguments)
        elif reader:
            reader.take(instruction)
        elif instruction.name == "ARG":
            before_first.take(instruction)
        else:
            raise DockerfileError(instruction.line, f"{instruction.name} stands before the first FROM")
    if not reader:
        raise DockerfileError(1, "there is no FROM")
    stages.append(reader.stage())
    _check_references(stages)
    return stages


def _begin_stage(instruction, stages, variables, base_image, arguments):
    words = split_words(instruction.line, instruction.text, variables)
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
        raise DockerfileError(instruction.line, "FROM is an image, or an image AS a name")
    name = words[2] if len(words) == 3 else str(len(stages))
    if any(stage.name == name for stage in stages):
        raise DockerfileError(instruction.line, f"there is a stage '{name}' already")
    image = next((stage.image for stage in stages if stage.name == words[0]), base_image)
    return StageReader(name, words[0], image, arguments)


def _check_references(stages):
    before = set()
    for stage in stages:
        for step in stage.steps:
            if isinstance(step, Copy):
                named = [step.stage]
            elif isinstance(step, Run):
                named = [mount.stage for mount in step.mounts]
            else:
                named = []
            for name in named:
                if name and name not in before:
                    raise DockerfileError(step.line, f"there is no stage '{name}' before")
        before.add(stage.name)


def needed_stages(stages):
    """Those that the last one is made of, in order."""
    by_name, needed, ahead = {stage.name: stage for stage in stages}, set(), [stages[-1].name]
    while ahead:
        stage = by_name.get(ahead.pop())
        if stage is None or stage.name in needed:
            continue
        needed.add(stage.name)
        ahead.append(stage.base)
        for step in stage.steps:
            if isinstance(step, Copy):
                ahead.append(step.stage)
            elif isinstance(step, Run):
                ahead.extend(mount.stage for mount in step.mounts)
    return [stage for stage in stages if stage.name in needed]
