"""Reads a Dockerfile as the reference of its format says, and works out what each stage does.

What this does not know is an error: an instruction that was skipped would be a test that says nothing.
Not known: parser directives, ADD, ONBUILD, SHELL, MAINTAINER, here-documents, options that are not named below.
"""

import json
import re
from dataclasses import dataclass, field, replace

ESCAPE = "\\"
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class DockerfileError(Exception):
    """Something wrong, or not known here, at a line."""

    def __init__(self, line, text):
        super().__init__(f"line {line}: {text}")
        self.line = line


@dataclass(frozen=True)
class Instruction:
    """One of the file: FROM, RUN ..., its options (--name=value, each maybe more than once) and the rest of the text."""

    line: int
    name: str
    options: tuple  # of (name, value)
    text: str


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


def read_instructions(text):
    """Of the lines: continued ones joined, comments and empty lines left out."""
    instructions, pending, begin = [], "", 0
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("#"):
            directive = re.match(r"#\s*(syntax|escape|check)\s*=", stripped)
            if directive and not instructions and not pending:
                raise DockerfileError(number, f"the parser directive '{directive[1]}' is not known here")
            continue
        if not stripped:
            continue
        begin = begin or number
        if stripped.endswith(ESCAPE):
            # The line goes on as it is written: the blanks around the end are the author's.
            pending += line.rstrip()[:-1] if pending else line.strip()[:-1]
            continue
        instructions.append(_instruction(begin, pending + (line if pending else stripped)))
        pending, begin = "", 0
    if pending:
        raise DockerfileError(begin, "the last line is continued by none")
    return instructions


def _instruction(line, text):
    name, *rest = text.split(None, 1)
    rest, options = rest[0].strip() if rest else "", []
    if name.upper() not in KNOWN_OPTIONS:
        raise DockerfileError(line, f"the instruction '{name}' is not known here")
    while rest.startswith("--"):
        word, _, rest = rest.partition(" ")
        option, equals, value = word[2:].partition("=")
        if option not in KNOWN_OPTIONS[name.upper()] or not equals:
            raise DockerfileError(line, f"the option '--{option}' of {name.upper()} is not known here")
        options.append((option, value))
        rest = rest.strip()
    if not rest:
        raise DockerfileError(line, f"{name.upper()} says nothing")
    if re.search(r"<<-?['\"]?\w", rest):
        raise DockerfileError(line, "here-documents are not known here")
    return Instruction(line, name.upper(), tuple(options), rest)


def split_words(line, text, variables):
    """The words of a text, without their quotes, with $NAME, ${NAME}, ${NAME:-word} and ${NAME:+word} filled in."""
    words, word, quote, position = [], None, "", 0
    while position < len(text):
        char = text[position]
        if not quote and char.isspace():
            if word is not None:
                words.append(word)
            word = None
        elif char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, word = char, word or ""
        elif char == ESCAPE and quote != "'" and position + 1 < len(text):
            position += 1
            kept = ESCAPE if quote and text[position] not in '"$' + ESCAPE else ""
            word = (word or "") + kept + text[position]
        elif char == "$" and quote != "'":
            found = re.compile(r"\$(?:(\w+)|\{(\w+)(?::([-+])([^{}$]*))?\})").match(text, position)
            if not found:
                raise DockerfileError(line, f"'{text[position:]}' is not a variable as they are known here")
            name, operator, other = found[1] or found[2], found[3], found[4]
            value = variables.get(name, "")
            if operator == "-":
                value = value or other
            elif operator == "+":
                value = other if value else ""
            word = (word or "") + value
            position = found.end() - 1
        else:
            word = (word or "") + char
        position += 1
    if quote:
        raise DockerfileError(line, f"a {quote} is not closed")
    return words + ([word] if word is not None else [])


def command_of(instruction):
    """Its words in the exec form ["a", "b"]; /bin/sh's in the shell form."""
    if not instruction.text.startswith("["):
        return ("/bin/sh", "-c", instruction.text)
    return json_words(instruction.line, instruction.text)


def json_words(line, text):
    try:
        words = json.loads(text)
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise DockerfileError(line, f"this is no list of words in JSON, and begins as one: {text}")
    return tuple(words)


def seconds_of(line, text):
    """Of a duration as Go writes it: 1m30s, 500ms."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ms|h|m|s)", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise DockerfileError(line, f"'{text}' is not a duration, like 30s")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


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


# Every instruction that is known, with its options.
KNOWN_OPTIONS = {
    "FROM": (),
    "ARG": (),
    "ENV": (),
    "LABEL": (),
    "RUN": ("mount",),
    "COPY": ("from", "chown", "chmod"),
    "WORKDIR": (),
    "USER": (),
    "ENTRYPOINT": (),
    "CMD": (),
    "HEALTHCHECK": ("interval", "timeout", "start-period", "retries"),
    "VOLUME": (),
    "EXPOSE": (),
    "STOPSIGNAL": (),
}


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
