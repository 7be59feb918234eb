"""A way for TCP connections that can be cut, closed, stopped, slowed and narrowed while they are in use."""

import asyncio
import socket
import struct
import threading

from services import ports

CHUNK = 65536
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close(2) sends RST, and what was not sent is gone


class Proxy:
    """From its port to a port of 127.0.0.1; in a thread of its own until close()."""

    def __init__(self, target=None, port=None):
        self.target = target
        self.port = port or ports.take()
        self.connections = 0  # that were made
        self.cuts = 0  # connections that were under way then
        self.passed = 0  # bytes, both ways
        self._delay = 0.0
        self._rate = 0.0
        self._left = None
        self._open = set()
        self._tasks = set()
        self._server = None
        self._loop = asyncio.new_event_loop()
        self._going = asyncio.Event()
        self._going.set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        self.accept()
        return self

    def close(self):
        if self._thread.is_alive():
            self.refuse()
            self._do(self._end_tasks())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    # Faults

    def refuse(self):
        """Cuts, and nobody gets in."""
        self._do(self._stop_listening())

    def accept(self):
        self._do(self._listen())

    def cut(self):
        """Connections that are under way are reset."""
        self._do(self._cut())

    def cut_after(self, passed):
        """So many bytes from now, in the middle of whatever it is."""
        self._left = passed

    def stall(self):
        """Connections stay, and nothing comes through."""
        self._loop.call_soon_threadsafe(self._going.clear)

    def go_on(self):
        self._loop.call_soon_threadsafe(self._going.set)

    def delay(self, seconds):
        """Each chunk comes so much later."""
        self._delay = seconds

    def limit(self, bytes_per_second):
        """Of each connection and way; 0: none."""
        self._rate = bytes_per_second

    # In the thread

    def _do(self, work):
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self):
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _stop_listening(self):
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._cut()

    async def _end_tasks(self):
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _cut(self):
        self.cuts += len(self._open)
        for writers in list(self._open):
            for writer in writers:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()

    async def _serve(self, reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        pair = (writer, far_writer)
        self._open.add(pair)
        ways = ((reader, far_writer), (far_reader, writer))
        for begin, end in ways:
            # Of some length: what is delayed is on its way.
            way = asyncio.Queue(64)
            self._begin(self._read(begin, way))
            self._begin(self._write(way, end, pair))

    def _begin(self, work):
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self, reader, way):
        try:
            while chunk := await reader.read(CHUNK):
                await way.put((self._loop.time() + self._delay, chunk))
        except OSError:
            pass
        await way.put((0, None))

    async def _write(self, way, writer, pair):
        try:
            while True:
                due, chunk = await way.get()
                if chunk is None:
                    break
                await asyncio.sleep(due - self._loop.time())
                if self._rate:
                    await asyncio.sleep(len(chunk) / self._rate)
                await self._going.wait()
                if self._left is not None:
                    self._left -= len(chunk)
                    if self._left <= 0:
                        self._left = None
                        await self._cut()
                self.passed += len(chunk)
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()
        except (OSError, RuntimeError):
            pass
        # Who has nothing more to say has gone: Kafka's clients do not close one way only.
        self._open.discard(pair)
        writer.close()
        while chunk is not None:
            _, chunk = await way.get()
