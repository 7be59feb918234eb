"""Judges what a killed run left, and what a finished one wrote: ids, order, bytes, positions."""

import json
import re
import zlib
from collections import Counter, defaultdict
from pathlib import Path

from kill_shapes import OLD_OUTPUT
from kill_state import read_state

HIDDEN_ENDING = ".hiveframed-partial"
BATCHES_UNDER_WAY = 4  # of a lane, between its position and its sink, or between one sink and another
WAITS_TO_BE_PACKED = 5 << 20  # bytes: those that a packed sink gathers, and the request on top of them
ID = re.compile(rb'(?:\{"id":)?(\d+),')


def unpacked(content, whole, torn=True):
    """Of gzip members; unless it must be whole, as far as it goes, with or without what a torn one holds."""
    out = []
    while content:
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(content)
        except zlib.error:
            assert not whole, "the output is damaged"
            break
        assert member.eof or not whole, "the output ends within a gzip member"
        if member.eof or torn:
            out.append(part)
        content = member.unused_data
        if not member.eof:
            break
    return b"".join(out)


class OutputFile:
    """A file of a sink as it stands on disk: where readers see it, or hidden until it is complete."""

    def __init__(self, path):
        self.disk = path
        self.hidden = path.name.startswith(".") and path.name.endswith(HIDDEN_ENDING)
        self.path = path.with_name(path.name[1 : -len(HIDDEN_ENDING)]) if self.hidden else path

    def folder_below(self, root):
        relative = str(self.path.parent.relative_to(root))
        return "" if relative == "." else relative


def files_of(sink):
    """Everything a sink has on disk."""
    if sink.partitioned:
        return [OutputFile(path) for path in sorted(sink.path.rglob("*")) if path.is_file()] if sink.path.exists() else []
    hidden = sink.path.with_name("." + sink.path.name + HIDDEN_ENDING)
    return [OutputFile(path) for path in (hidden, sink.path) if path.exists()]


def sizes_of(case):
    """The bytes of each file of output, by its path."""
    sizes = {}
    for sink in case.sinks.values():
        for file in files_of(sink):
            try:
                sizes[file.path] = sizes.get(file.path, 0) + file.disk.stat().st_size
            except FileNotFoundError:
                pass  # renamed since
    return sizes


class Oracle:
    """Follows one case through all its runs. Every method raises AssertionError with what is wrong."""

    def __init__(self, case, state_folder):
        self.case = case
        self.state_folder = state_folder
        self.by_number = {record.number: record for record in case.records}
        self.order = defaultdict(list)  # by (sink, lane, folder): the ids in their order
        for record in case.records:
            for sink, (_, folder) in record.outputs.items():
                self.order[sink, record.lane, folder].append(record.number)
        self.positions = {}
        self.starts = 1
        self.to_repeat = defaultdict(int)  # by sink: records that runs had to write again, as the states say
        self.worst_repeat = 0  # bytes, of all kills
        self.last_repeat = 0
        self.last_loss = self.worst_loss = 0  # bytes, at most once: of the last run, and of any
        self.beyond = {}  # by sink: how often a durable record that no position covers is there, by its id
        self.marked = {}  # by file: the bytes that the last kill left durable
        self.lost = {}  # at most once: by sink, the ids of records that kills took
        self.kept = {}  # at most once: by file, the ids that a kill left in it, which must stay there

    # After a kill

    def after_kill(self, written_before=None):
        """What the killed run left. `written_before` has the bytes of each file before the sinks were flushed for
        the last commit, or None: what the run found. Returns how far it was ("flowing", "all written", "publishing" or "finished"), and
        the bytes of output that no commit covers."""
        state = read_state(self.state_folder, self.case.pipeline.stem)
        if not state.stored and self.finished():
            # All of it was published and the state removed: only the end of the process was left.
            self.last_repeat = self.last_loss = 0
            return "finished", 0
        assert state.stored or not self.positions, "the state was lost"
        self.check_positions(state)
        self.check_kept()
        behind_marks = 0
        flowing = False
        marked = {}
        self.last_loss = 0
        repeated = defaultdict(int)
        for name, sink in self.case.sinks.items():
            durable, lines, settled = {}, {}, {}
            files = files_of(sink)
            replaced = state.completing and not any(file.hidden for file in files)
            for file in files:
                if file.disk == sink.path and sink.mode == "overwrite" and not replaced:
                    assert file.disk.read_bytes() == OLD_OUTPUT, f"{file.disk} was touched before it was complete"
                    continue
                if not file.hidden and (sink.partitioned or sink.mode == "error"):
                    assert state.completing, f"{file.disk} was shown before it was complete"
                content = file.disk.read_bytes()
                length = self.marked_length(state, file, len(content))
                behind_marks += len(content) - length
                marked[file.path] = length
                kept = unpacked(content[:length], whole=True) if sink.packed else content[:length]
                assert not kept or kept.endswith(b"\n"), f"{file.disk}: the mark stands within a line"
                where = (str(file.disk), file.folder_below(sink.path) if sink.partitioned else "")
                if self.case.may_lose:
                    # Nothing can be written behind a gzip member that a kill tore, so that goes as a whole.
                    stays = unpacked(content, whole=False, torn=False) if sink.packed else content
                    self.kept[name, file.path] = self.numbers(name, where, stays)
                content = unpacked(content, whole=False) if sink.packed else content
                lines[where] = self.numbers(name, where, content)
                durable[where] = sink.count(kept)
                before = self.marked if written_before is None else written_before
                settled[where] = sink.count(kept[: before.get(file.path, 0)])
            self.check_order(name, lines, complete=False)
            flowing = flowing or self.more_to_write(name, state, lines)
            if self.case.may_lose:
                kept = set()
                for file in files_of(sink):
                    kept.update(self.kept.get((name, file.path), ()))
                self.check_loss(name, state, kept)
                continue
            self.check_covered(name, state, lines, durable)
            beyond = self.beyond_position(state, lines, durable)
            # What a run left that never came to read its lane again has been counted.
            before = self.beyond.get(name, {})
            if len(self.case.sinks) > 1:
                self.check_ahead(name, state, self.beyond_position(state, lines, settled), before)
            for number in (each for each, times in beyond.items() if times != before.get(each)):
                repeated[name] += 1
                repeated["bytes"] += len(self.by_number[number].outputs[name][0])
            self.beyond[name] = beyond
        self.marked = marked
        # A mark may stand within a batch of a lane, a position only between two: with one sink, whose mark is
        # stored with the positions, that is all.
        limit = len(self.case.lane_bytes) * self.case.batch_bytes
        assert len(self.case.sinks) > 1 or repeated["bytes"] <= limit, (
            f"{repeated['bytes']} bytes would be repeated, more than {limit}"
        )
        self.last_repeat = repeated.pop("bytes", 0)
        self.worst_repeat = max(self.worst_repeat, self.last_repeat)
        for name, count in repeated.items():
            self.to_repeat[name] += count
        self.starts += 1
        phase = "publishing" if state.completing else "flowing" if flowing else "all written"
        return phase, behind_marks

    def check_kept(self):
        """At most once, the source does not send again what stands in the output: a start must leave it there."""
        for name, sink in self.case.sinks.items():
            for file in files_of(sink):
                kept = self.kept.get((name, file.path))
                if not kept:
                    continue  # it may be what stood there before any run
                content = file.disk.read_bytes()
                content = unpacked(content, whole=False) if sink.packed else content
                where = (str(file.disk), file.folder_below(sink.path) if sink.partitioned else "")
                there = self.numbers(name, where, content)
                left = next((i for i, number in enumerate(kept) if there[i : i + 1] != [number]), len(kept))
                assert left == len(kept), (
                    f"{file.disk}: a kill left {len(kept)} whole lines in it, and the next run left {left} of them"
                )

    def after_stop(self):
        """What a run left that was told to stop, and drained: all that it wrote is covered by its positions."""
        phase, behind_marks = self.after_kill()
        assert behind_marks == 0, f"{behind_marks} bytes of output were left uncommitted by a run that drained"
        assert self.last_loss == 0, f"{self.last_loss} bytes were lost by a run that drained"
        assert self.last_repeat == 0, f"{self.last_repeat} bytes would be repeated after a run that drained"
        return phase

    def finished(self):
        try:
            self.after_finish()
        except AssertionError:
            return False
        return True

    def check_positions(self, state):
        for lane, position in state.positions.items():
            before = self.positions.get(lane, 0)
            assert position >= before, f"{lane}: the position went back from {before} to {position}"
            assert position <= self.case.lane_bytes[lane], f"{lane}: position {position} is behind its end"
        for lane in self.positions:
            assert lane in state.positions, f"{lane}: its position was forgotten"
        self.positions.update(state.positions)

    def marked_length(self, state, file, size):
        mark = state.marks.get(str(file.path))
        if mark is None:
            # Before anything was committed: nothing of it counts.
            return 0
        assert mark.hidden == file.hidden or state.completing, f"{file.disk} is not where its mark says"
        assert mark.inode == file.disk.stat().st_ino, f"{file.disk} is another file than its mark says"
        assert mark.length <= size, f"{file.disk} lost bytes that were durable"
        return mark.length

    def numbers(self, sink, where, content):
        """The ids of all whole lines, each of which must have exactly the bytes it should."""
        numbers = []
        header = self.case.sinks[sink].header
        assert content[: len(header)] == header[: len(content)], f"{where[0]} begins with {content[:80]!r}"
        for line in content[len(header) :].splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break  # where the kill hit
            numbers.append(self.number(sink, where, line))
        return numbers

    def number(self, sink, where, line):
        if self.case.sinks[sink].letters:
            line = json.loads(line)["original"].encode() + b"\n"
        found = ID.match(line)
        record = self.by_number.get(int(found[1])) if found else None
        expected = record.outputs.get(sink) if record else None
        assert expected is not None, f"{where[0]} holds a line that does not belong there: {line[:200]!r}"
        assert line == expected[0], f"{where[0]}: wrong bytes:\n  {line!r}\nexpected\n  {expected[0]!r}"
        assert where[1] == expected[1], f"record {record.number} stands in {where[1]}, not in {expected[1]}"
        return record.number

    def check_order(self, sink, lines, complete):
        """First sights in the lane's order without a hole; a repeat begins at a start, and runs on."""
        repeats = 0
        for where, numbers in lines.items():
            next_index, highest, jumps = defaultdict(int), defaultdict(int), defaultdict(int)
            index_of = {}
            lanes = {}
            for number in numbers:
                lane = self.by_number[number].lane
                if lane not in lanes:
                    lanes[lane] = self.order[sink, lane, where[1]]
                    index_of[lane] = {each: i for i, each in enumerate(lanes[lane])}
                index = index_of[lane][number]
                if index > next_index[lane] and self.case.may_lose:
                    pass  # counted at the end
                elif index != next_index[lane]:
                    assert not self.case.may_lose, f"{where[0]}: record {number} is there twice, or out of order"
                    assert index < next_index[lane], (
                        f"{where[0]}: record {number} of {lane} came before {lanes[lane][next_index[lane]]}"
                    )
                    jumps[lane] += 1
                    assert jumps[lane] < self.starts, f"{where[0]}: {lane} was repeated more often than started"
                if index < highest[lane]:
                    repeats += 1
                next_index[lane] = index + 1
                highest[lane] = max(highest[lane], index + 1)
        assert repeats <= self.to_repeat[sink], f"{repeats} repeats in {sink}, the states say {self.to_repeat[sink]}"
        if complete:
            seen = set()
            for numbers in lines.values():
                seen.update(numbers)
            missing = [r.number for r in self.case.records if sink in r.outputs and r.number not in seen]
            assert not missing, f"{len(missing)} records are missing in {sink}, the first is {missing[0]}"

    def check_covered(self, sink, state, lines, durable):
        """A stored position is not past what the sink has durably."""
        have = set()
        for where, numbers in lines.items():
            have.update(numbers[: durable[where]])
        for record in self.case.records:
            if sink in record.outputs and record.end <= state.positions.get(record.lane, 0):
                assert record.number in have, (
                    f"the position of {record.lane} is {state.positions[record.lane]}, "
                    f"but {sink} has not got record {record.number}, which ends at {record.end}"
                )

    def beyond_position(self, state, lines, durable):
        """Records that are durable but behind the stored position, by id, and how often each is there: a run that
        reads their lane again writes them again."""
        beyond = Counter()
        for where, numbers in lines.items():
            for number in numbers[: durable[where]]:
                record = self.by_number[number]
                if record.end > state.positions.get(record.lane, 0):
                    beyond[number] += 1
        return beyond

    def check_ahead(self, sink, state, settled, before):
        """Of several sinks each is flushed by itself, so one may be durable up to where another is not: by what is
        under way between them, and by what came while they were flushed. `settled` is what the sink had before
        that, and no position covers; of it, `before` was there when this run started."""
        under_way = BATCHES_UNDER_WAY * self.case.batch_bytes
        for number in (each for each, times in settled.items() if times > before.get(each, 0)):
            record = self.by_number[number]
            ahead = record.end - state.positions.get(record.lane, 0)
            assert ahead <= under_way, (
                f"{sink}: record {number} would be repeated: it stands {ahead} bytes behind the position of its "
                f"lane, more than the {under_way} under way, and was written before the last commit's flushes"
            )

    def more_to_write(self, sink, state, lines):
        """A record has yet to come: it was under way, or not read."""
        have = set().union(*lines.values())
        return any(
            sink in record.outputs
            and record.number not in have
            and record.end > state.positions.get(record.lane, 0)
            for record in reversed(self.case.records)
        )

    def check_loss(self, sink, state, kept):
        """At most once: what the positions have passed and the sink has not got is gone, which a kill may do to what
        was under way: a few batches of each lane, and what waited to be packed."""
        gone = {
            record.number: len(record.outputs[sink][0])
            for record in self.case.records
            if sink in record.outputs
            and record.number not in kept
            and record.end <= state.positions.get(record.lane, 0)
        }
        before = self.lost.get(sink, {})
        assert not before.keys() - gone.keys(), f"{sink}: a lost record came again"
        size = sum(length for number, length in gone.items() if number not in before)
        limit = len(self.case.lane_bytes) * BATCHES_UNDER_WAY * self.case.batch_bytes
        if self.case.sinks[sink].packed:
            limit += WAITS_TO_BE_PACKED
        assert size <= limit, f"{size} bytes were lost by one kill, more than {limit}"
        self.last_loss += size
        self.worst_loss = max(self.worst_loss, size)
        self.lost[sink] = gone

    # At the end

    def after_finish(self):
        """Everything is where it should be, nothing hidden is left, and the state is empty."""
        self.check_kept()
        for name, sink in self.case.sinks.items():
            lines = {}
            for file in files_of(sink):
                assert not file.hidden, f"{file.disk} was left behind"
                content = file.disk.read_bytes()
                content = unpacked(content, whole=True) if sink.packed else content
                assert not content or content.endswith(b"\n"), f"{file.disk} ends in half a line"
                where = (str(file.disk), file.folder_below(sink.path) if sink.partitioned else "")
                lines[where] = self.numbers(name, where, content)
            self.check_order(name, lines, complete=not self.case.may_lose)
            if self.case.may_lose:
                have = set().union(*lines.values())
                missing = {r.number for r in self.case.records if name in r.outputs and r.number not in have}
                taken = self.lost.get(name, {}).keys()
                assert missing == taken, f"{len(missing)} records are missing, and kills took {len(taken)}"
        state = read_state(self.state_folder, self.case.pipeline.stem)
        assert not state.positions and not state.marks, "a finished pipeline left its position behind"

    def check_shown(self):
        """Called while a run goes on: what a reader sees of sinks that publish must be whole."""
        for name, sink in self.case.sinks.items():
            if sink.partitioned or sink.mode == "append":
                continue
            try:
                content = Path(sink.path).read_bytes()
            except FileNotFoundError:
                continue
            if content == OLD_OUTPUT:
                continue
            numbers = self.numbers(name, (str(sink.path), ""), content)
            wanted = sum(name in record.outputs for record in self.case.records)
            assert len(set(numbers)) == wanted and content.endswith(b"\n"), f"a reader saw {sink.path} half-written"
