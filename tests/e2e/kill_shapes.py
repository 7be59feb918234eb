"""The pipelines that kill_test.py kills: their input, their YAML, and what each sink must get of it.

Every record has an id that stands first in its line, so that a line of output says which record it is.
"""

import gzip
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PAYLOADS = 500
OLD_OUTPUT = b'{"id":-1,"old":true}\n'


@dataclass
class Record:
    number: int  # its id, counted over all lanes
    lane: str
    end: int  # of its line in the (decompressed) lane: where a position behind it stands
    outputs: dict  # by sink: its line there, with the end of line, and the folder of partitions it stands in


@dataclass
class SinkExpectation:
    path: Path
    partitioned: bool = False
    mode: str = "append"
    packed: bool = False  # gzip
    letters: bool = False  # dead letters: what is compared is the original in them
    header: bytes = b""  # with which each file begins, once

    def count(self, content):
        """The records of whole lines."""
        return content.count(b"\n") - (1 if self.header and content else 0)


@dataclass
class Case:
    """One pipeline with its input, ready to run."""

    pipeline: Path
    arguments: list
    records: list
    lane_bytes: dict  # the length of each (decompressed) lane
    sinks: dict = field(default_factory=dict)  # SinkExpectation by the runtime's name of the sink
    batch_bytes: int = 0  # the most that one read of a lane brings, as the memory limit makes it
    memory_limit: int = 0
    may_lose: bool = False  # at most once: records may be missing after a kill, and none is repeated


class Shape:
    """A way of reading and writing. make() lays out input and pipeline in an empty folder."""

    name = ""
    kills = 0  # in tests/run
    files = 1  # several stand in a folder
    ending = ".ndjson"  # of their names
    packing = ""  # ".gz": what stands behind that of the one file
    mode = "append"
    memory_limit = 8 << 20
    records_per_batch_size = 100_000
    head = b""  # with which each input begins

    def make(self, folder, chance, count=None):
        # One write for each few records: the run is slow enough to be killed in its middle.
        batch = chance.choice([1, 2, 3])
        count = count or batch * self.records_per_batch_size
        case = Case(
            pipeline=folder / "pipeline.yaml",
            arguments=["--memory-limit", str(self.memory_limit), "--threads", str(chance.choice([1, 2, 4]))],
            records=[],
            lane_bytes={},
            batch_bytes=self.memory_limit // 64,
            memory_limit=self.memory_limit,
        )
        out = folder / "out"
        out.mkdir()
        self.sinks(case, out)
        self.write_input(case, folder, count, chance)
        case.pipeline.write_text(
            f"source: {self.source()}\n{self.flow()}batch: {{records: {batch}, linger_ms: 0}}\n"
        )
        return case

    def source(self):
        return "in" if self.files > 1 else f"in{self.ending}{self.packing}"

    def flow(self):
        return f"sink: {{uri: out/all.ndjson, mode: {self.mode}}}\n"

    def sinks(self, case, out):
        case.sinks["sink"] = SinkExpectation(out / "all.ndjson", mode=self.mode)

    def outputs(self, line, _fields):
        return {"sink": (line, "")}

    def input_path(self, folder, lane):
        return folder / self.source() / f"part-{lane}{self.ending}" if self.files > 1 else folder / self.source()

    def store(self, path, data):
        path.write_bytes(data)

    def write_input(self, case, folder, count, chance):
        # Spelt in ways that no encoder would: a record that nobody changed keeps its bytes.
        payloads = []
        for _ in range(PAYLOADS):
            text = "".join(chance.choice("aä✓ €𝄞\\n\"/x0") for _ in range(chance.randrange(60)))
            payloads.append(json.dumps(text, ensure_ascii=chance.random() < 0.5))
        shares = [chance.random() + 0.05 for _ in range(self.files)]
        number = 0
        for lane in range(self.files):
            path = self.input_path(folder, lane)
            path.parent.mkdir(exist_ok=True)
            lines, end = [self.head], len(self.head)
            for _ in range(int(count * shares[lane] / sum(shares))):
                fields = (number, "abcd"[chance.randrange(4)], chance.randrange(1000), payloads[chance.randrange(PAYLOADS)])
                line = self.line(*fields).encode()
                end += len(line)
                lines.append(line)
                case.records.append(Record(number, str(path), end, self.outputs(line, fields)))
                number += 1
            case.lane_bytes[str(path)] = end
            self.store(path, b"".join(lines))

    @staticmethod
    def line(number, kind, amount, note):
        return f'{{"id":{number}, "kind" :"{kind}","amount":{amount},"note":{note},"big":9007199254740993,"x":1.10}}\n'


class OneFile(Shape):
    name = "one_file"
    kills = 6


class Overwrite(Shape):
    name = "overwrite"
    kills = 4
    mode = "overwrite"

    def sinks(self, case, out):
        super().sinks(case, out)
        (out / "all.ndjson").write_bytes(OLD_OUTPUT)


class Error(Shape):
    name = "error"
    kills = 3
    mode = "error"


class Folder(Shape):
    name = "folder"
    kills = 6
    files = 7


class Gzip(Shape):
    name = "gzip"
    packing = ".gz"
    kills = 5
    records_per_batch_size = 60_000  # packing them takes its time

    def store(self, path, data):
        # Several members, as log rotation and pigz make them; one ends within a line.
        middle = len(data) // 3
        path.write_bytes(gzip.compress(data[:middle], 1) + gzip.compress(data[middle:], 1))


class Zstd(Gzip):
    name = "zstd"
    packing = ".zst"
    kills = 3

    def store(self, path, data):
        with path.open("wb") as file:
            subprocess.run(["zstd", "-1", "--quiet", "--stdout"], input=data, stdout=file, check=True)


class FanOut(Shape):
    """Two sinks that take overlapping parts of what the transforms leave, and some records that none takes."""

    name = "fan_out"
    kills = 6
    files = 3

    def flow(self):
        return """transforms:
  - filter: record.amount % 10 != 0
  - set: {double: record.amount * 2}
  - drop: [note, big, x]
sinks:
  - {uri: out/ab.ndjson, when: "record.kind in ['a', 'b']"}
  - {uri: out/third.ndjson, when: record.id % 3 == 0}
"""

    def sinks(self, case, out):
        case.sinks["sinks[0]"] = SinkExpectation(out / "ab.ndjson")
        case.sinks["sinks[1]"] = SinkExpectation(out / "third.ndjson")

    def outputs(self, _line, fields):
        number, kind, amount, _ = fields
        if amount % 10 == 0:
            return {}
        line = f'{{"id":{number},"kind":"{kind}","amount":{amount},"double":{amount * 2}}}\n'.encode()
        outputs = {}
        if kind in "ab":
            outputs["sinks[0]"] = (line, "")
        if number % 3 == 0:
            outputs["sinks[1]"] = (line, "")
        return outputs


class PartitionBy(Shape):
    name = "partition_by"
    kills = 6
    files = 2

    def flow(self):
        return "sink: {uri: out/parts, format: ndjson, partition_by: [kind, amount]}\n"

    def sinks(self, case, out):
        case.sinks["sink"] = SinkExpectation(out / "parts", partitioned=True)

    def outputs(self, line, fields):
        return {"sink": (line, f"kind={fields[1]}/amount={fields[2]}")}

    @staticmethod
    def line(number, kind, amount, note):
        return Shape.line(number, kind, amount % 4, note)

    def write_input(self, case, folder, count, chance):
        super().write_input(case, folder, count, chance)
        for record in case.records:
            line, place = record.outputs["sink"]
            kind, amount = place.split("/")
            record.outputs["sink"] = (line, f"{kind}/amount={int(amount.split('=')[1]) % 4}")


class PackedOutput(Shape):
    name = "packed_output"
    kills = 3
    records_per_batch_size = 200_000

    def flow(self):
        return "sink: out/all.ndjson.gz\n"

    def sinks(self, case, out):
        case.sinks["sink"] = SinkExpectation(out / "all.ndjson.gz", packed=True)


class DeadLetters(Shape):
    """Some lines are bad, and each must be in one of the two outputs."""

    name = "dead_letters"
    kills = 4
    files = 2

    def flow(self):
        return super().flow() + "on_error: {dead_letter: out/dead.ndjson}\n"

    def sinks(self, case, out):
        super().sinks(case, out)
        case.sinks["dead_letter"] = SinkExpectation(out / "dead.ndjson", letters=True)

    @staticmethod
    def line(number, kind, amount, note):
        line = Shape.line(number, kind, amount, note)
        return line.replace('"amount":', "oops") if amount < 20 else line

    def outputs(self, line, fields):
        return {"dead_letter" if fields[2] < 20 else "sink": (line, "")}


class Csv(Shape):
    """Rows whose fields hold ends of lines, to files that have their header once."""

    name = "csv"
    kills = 4
    files = 2
    ending = ".csv"
    head = b'id,kind,amount,note,"two\nlines"\r\n'
    records_per_batch_size = 60_000

    def flow(self):
        return "sink: {uri: out/all.csv, csv: {columns: [id, kind, amount, note]}}\n"

    def sinks(self, case, out):
        case.sinks["sink"] = SinkExpectation(out / "all.csv", header=b"id,kind,amount,note\n")

    @staticmethod
    def note(payload):
        return json.loads(payload).replace("\n", ", ")

    @staticmethod
    def quoted(text):
        return '"' + text.replace('"', '""') + '"'

    @staticmethod
    def line(number, kind, amount, note):
        return f'{number},"{kind}",{amount},{Csv.quoted(Csv.note(note))},"a\n{number},b\n"\r\n'

    def outputs(self, _line, fields):
        number, kind, amount, note = fields
        text = self.note(note)
        if not text or any(each in text for each in ',"\n\r'):
            text = self.quoted(text)
        return {"sink": (f"{number},{kind},{amount},{text}\n".encode(), "")}


class CsvAtMostOnce(Csv):
    """The same, and what a kill left whole in the output stays there."""

    name = "csv_at_most_once"
    kills = 3

    def flow(self):
        return "delivery: at_most_once\n" + super().flow()

    def make(self, folder, chance, count=None):
        case = super().make(folder, chance, count)
        case.may_lose = True
        return case


class AtMostOnce(Shape):
    """Nothing is repeated, and what a kill may lose is what was under way."""

    name = "at_most_once"
    kills = 4
    files = 2

    def flow(self):
        return "delivery: at_most_once\n" + super().flow()

    def make(self, folder, chance, count=None):
        case = super().make(folder, chance, count)
        case.may_lose = True
        return case


class AtMostOnceParts(AtMostOnce):
    """The same, of hidden files that are packed."""

    name = "at_most_once_parts"
    kills = 3
    records_per_batch_size = 200_000

    def flow(self):
        return "delivery: at_most_once\nsink: {uri: out/parts, format: ndjson, compression: gzip, partition_by: [kind]}\n"

    def sinks(self, case, out):
        case.sinks["sink"] = SinkExpectation(out / "parts", partitioned=True, packed=True)

    def outputs(self, line, fields):
        return {"sink": (line, f"kind={fields[1]}")}


SHAPES = {
    shape.name: shape
    for shape in (
        OneFile,
        Folder,
        Gzip,
        Zstd,
        FanOut,
        PartitionBy,
        Overwrite,
        Error,
        PackedOutput,
        DeadLetters,
        Csv,
        CsvAtMostOnce,
        AtMostOnce,
        AtMostOnceParts,
    )
}
