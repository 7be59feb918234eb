"""Reads the instructions of a Dockerfile as the reference of its format says.

What this does not know is an error: an instruction that was skipped would be a test that says nothing.
Not known: parser directives, ADD, ONBUILD, SHELL, MAINTAINER, here-documents, options that are not named below.
"""

import json
import re
from dataclasses import dataclass

ESCAPE = "\\"
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
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
