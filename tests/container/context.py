"""The files that a build is given: those of a folder which its .dockerignore leaves over."""

import hashlib
import os
import re
from pathlib import Path


def pattern_of(line):
    """A pattern of .dockerignore as a regular expression for a whole path. Of wildcards: *, ** and ?."""
    text = line.strip("/")
    if re.search(r"[\[\]\\]", text):
        raise ValueError(f"the pattern '{line}' of .dockerignore is not known here")
    expression = re.escape(text).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.compile(expression.replace(r"\?", "[^/]"))


class Ignored:
    """What a .dockerignore says of paths: the last pattern that fits a path, or a folder it is in, decides."""

    def __init__(self, text):
        self.rules = []  # of (whether it is kept, pattern, its text)
        for line in text.splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            kept = line.startswith("!")
            self.rules.append((kept, pattern_of(line.lstrip("!")), line.lstrip("!").strip("/")))

    def __call__(self, path):
        parts = path.split("/")
        folders = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        ignored = False
        for kept, pattern, _ in self.rules:
            if any(pattern.fullmatch(folder) for folder in folders):
                ignored = not kept
        return ignored

    def may_keep_some_of(self, folder):
        """Of an ignored folder: whether there may be a file that is not."""
        return any(kept and ("*" in text or text.startswith(folder + "/")) for kept, _, text in self.rules)


def context_files(folder):
    """Paths below it, in order, of files and links."""
    ignore_file = Path(folder, ".dockerignore")
    ignored = Ignored(ignore_file.read_text() if ignore_file.exists() else "")
    files = []
    for here, folders, names in os.walk(folder):
        inside = os.path.relpath(here, folder)
        prefix = "" if inside == "." else inside + "/"
        folders[:] = [each for each in folders if not ignored(prefix + each) or ignored.may_keep_some_of(prefix + each)]
        links = [each for each in folders if os.path.islink(os.path.join(here, each))]
        files += [prefix + each for each in names + links if not ignored(prefix + each)]
    return sorted(files)


def digest_of(folder, files):
    """Of names, modes and contents."""
    digest = hashlib.sha256()
    for name in files:
        path = Path(folder, name)
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        digest.update(repr((name, path.lstat().st_mode, len(content))).encode() + content)
    return digest.hexdigest()
