"""A Java program that ends with its test, whichever way that ends."""

import os

from services.server_process import ServerProcess

# Short lives on few processors: no time is spent on making the fastest code.
QUICK = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]


class JavaProcess(ServerProcess):
    """See ServerProcess."""

    def __init__(self, log, arguments, heap="256m", archive=None, talks=False):
        """archive: of classes, made by java_archive.make; only makes the start quicker."""
        self.arguments = [*QUICK, f"-Xmx{heap}", *arguments]
        if archive is not None:
            self.arguments.insert(0, f"-XX:SharedArchiveFile={archive}")
        environment = {key: value for key, value in os.environ.items() if key != "JAVA_TOOL_OPTIONS"}
        super().__init__(log, ["java", *self.arguments], talks=talks, environment=environment)

    def start(self):
        # A broker's arguments may have been added to.
        self.command = ["java", *self.arguments]
        return super().start()
