"""How many participants does this machine carry: the app beside a bare Voilà page with one slider.

A participant is a page load and a websocket that speaks as the browser's script does: arrives
within a minute, answers one question after the other for three, and waits for the score each
time. Everything happens on loopback, is bounded in number and time, and stops by itself.

    python benchmarks/load_app.py --seats 30            # the app and the bare page, JSON on stdout
    python benchmarks/load_app.py --seats 6 --kills     # kill a kernel and the server on the way
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketError, websocket_connect

from playbook.lab import free_port
from playbook.load import load_checklist
from playbook.widgets.app import visitor_folder

#: The machine that is tested is this one, and no other can be named.
HOST = "127.0.0.1"
BROKEN = (WebSocketError, HTTPClientError, LookupError, StopIteration)
ARRIVE, ANSWER, THINK = 60.0, 180.0, 6.0
SLIDER = """
import ipywidgets
slider, told = ipywidgets.IntSlider(), ipywidgets.HTML()
slider.observe(lambda change: setattr(told, "value", f"<b>{change['new'] ** 2}</b>"), "value")
ipywidgets.VBox([slider, told])
"""


class Server:
    """One server under test, with the memory that it and its kernels take."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder, self.port = kind, folder, free_port()
        self.address = f"http://{HOST}:{self.port}/"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {
            **os.environ,
            "PLAYBOOK_WORK": str(self.folder / "work"),
            "PLAYBOOK_LANG": "en",
        }
        if self.kind == "app":
            command = ["playbook", "app", f"--port={self.port}", "--no-browser"]
        else:
            page = self.folder / "slider.ipynb"
            cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": SLIDER,
                    "outputs": [], "execution_count": None}  # fmt: skip
            kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
            book = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4,
                    "nbformat_minor": 5}  # fmt: skip
            page.write_text(json.dumps(book), encoding="utf-8")
            command = ["voila", str(page), f"--port={self.port}", "--no-browser",
                       f"--Voila.ip={HOST}"]  # fmt: skip
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, stdout=log, stderr=log,
            cwd=self.folder, start_new_session=True,
        )  # fmt: skip

    def kernels(self) -> list[int]:
        """The processes of its kernels."""
        assert self.process is not None
        listed = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = (line.split(None, 1) for line in listed.stdout.splitlines())
        return [int(pid) for pid, args in lines if "ipykernel" in args]

    def memory(self) -> tuple[float, list[float]]:
        """MB of the server, and of each kernel (proportional: what is shared counts once)."""
        assert self.process is not None
        return _memory(self.process.pid), [_memory(pid) for pid in self.kernels()]

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it and its kernels."""
        if self.process is None:
            return
        orphans = self.kernels()
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for pid in orphans:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _memory(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1000 if found else 0.0


class Participant:
    """One visitor: what a browser would send, and how long each answer takes to come back."""

    def __init__(self, server: Server, number: int) -> None:
        self.server, self.random = server, random.Random(number)
        self.token = f"{number:032x}"
        self.socket: WebSocketClientConnection | None = None
        self.models: dict[str, dict[str, Any]] = {}
        self.changed = asyncio.Event()
        self.session = uuid4().hex
        self.opened = 0.0
        self.waits: list[float] = []
        self.saved: dict[str, int] = {}
        self.sent = 0
        self.failed: list[str] = []
        self.reader: asyncio.Task[None] | None = None

    async def arrive(self) -> None:
        """Open the page and speak to its kernel; seconds until it can be used in `opened`."""
        started = time.perf_counter()
        while True:
            try:
                request = HTTPRequest(self.server.address, request_timeout=120, connect_timeout=60)
                page = await AsyncHTTPClient(max_clients=500).fetch(request)
                break
            except (HTTPClientError, OSError):
                if time.perf_counter() - started > 120:
                    raise
                await asyncio.sleep(0.5)
        text = page.body.decode("utf-8")
        found = re.search(r'"kernelId":\s*"([0-9a-f-]{36})"', text)
        assert found, "the page names no kernel"
        address = f"ws://{HOST}:{self.server.port}/api/kernels/{found[1]}/channels?session_id={self.session}"
        headers = {
            "Cookie": "; ".join(c.split(";")[0] for c in page.headers.get_list("Set-Cookie"))
        }
        request = HTTPRequest(address, headers=headers)
        self.socket = await websocket_connect(request, max_message_size=100_000_000)
        self.reader = asyncio.create_task(self._read())
        control = uuid4().hex
        await self._send("comm_open", {"comm_id": control, "target_name": "jupyter.widget.control",
                                       "data": {}}, {"version": "1.0.0"})  # fmt: skip
        await self._send("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        await self._until(lambda: bool(self.models), 60)
        if self.server.kind == "app":
            await self._do("visitor", "en", self.token, 'data-do="go"')
            await self._do("go", "", "assess", None)
            await self._until(lambda: self._assessment() is not None, 60)
        self.opened = time.perf_counter() - started

    def _assessment(self) -> str | None:
        return next((key for key, state in self.models.items()
                     if "question" in str(state.get("page", {}).get("html", ""))
                     and "data-visitor" not in state["page"]["html"]
                     and 'data-value="assess"' not in state["page"]["html"]), None)  # fmt: skip

    async def work(self, until: float) -> None:
        """Answer one question after the other, with time to think between."""
        questions = [c.id for c in load_checklist("isooc").active]
        while time.perf_counter() < until:
            await asyncio.sleep(self.random.expovariate(1 / THINK))
            started = time.perf_counter()
            if self.server.kind == "app":
                question, level = self.random.choice(questions), self.random.randrange(4)
                key = self._assessment()
                assert key is not None
                await self._do("go", "", question, None, key)
                started = time.perf_counter()
                await self._do("level", question, str(level), None, key)
                self.saved[question] = level
            else:
                key = next(
                    k for k, s in self.models.items() if s.get("_model_name") == "IntSliderModel"
                )
                value = self.random.randrange(1, 100)
                await self._update(key, {"value": value}, f"<b>{value**2}</b>")
            self.waits.append(time.perf_counter() - started)

    async def _update(self, key: str, state: dict[str, Any], wanted: str) -> None:
        if self.models[key].get("value") == state["value"]:
            return
        self.models[key].update(state)
        await self._send("comm_msg", {"comm_id": key, "data": {"method": "update", "state": state,
                                                               "buffer_paths": []}})  # fmt: skip
        await self._until(lambda: any(s.get("value") == wanted for s in self.models.values()), 60)

    async def _do(
        self, do: str, key: str, value: str, wanted: str | None, model: str | None = None
    ) -> None:
        """Send what the page's script would; wait until the page that answers it is there."""
        model = model or next(k for k, s in self.models.items() if "page" in s)
        self.sent += 1
        event = {"do": do, "key": key, "value": value, "view": self.session, "seq": self.sent}
        content = {"comm_id": model, "data": {"method": "custom", "content": event}}
        await self._send("comm_msg", content)
        number = self.sent

        def answered() -> bool:
            page = self.models[model].get("page", {})
            here = page.get("view") == self.session and page.get("seq", 0) >= number
            return here and (wanted is None or wanted in page.get("html", ""))

        await self._until(answered, 60)

    async def _send(self, kind: str, content: dict[str, Any], metadata: Any = None) -> None:
        header = {"msg_id": uuid4().hex, "msg_type": kind, "username": "", "session": self.session,
                  "version": "5.3", "date": ""}  # fmt: skip
        message = {"header": header, "parent_header": {}, "metadata": metadata or {},
                   "content": content, "channel": "shell", "buffers": []}  # fmt: skip
        assert self.socket is not None
        await self.socket.write_message(json.dumps(message))

    async def _until(self, done: Any, seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not done():
                self.changed.clear()
                await self.changed.wait()

    async def _read(self) -> None:
        assert self.socket is not None
        while (raw := await self.socket.read_message()) is not None:
            if isinstance(raw, bytes):  # a message with buffers: its JSON stands first
                start = int.from_bytes(raw[4:8], "big")
                count = int.from_bytes(raw[:4], "big")
                end = int.from_bytes(raw[8:12], "big") if count > 1 else len(raw)
                raw = raw[start:end]
            message = json.loads(raw)
            content = message.get("content", {})
            data = content.get("data", {})
            if message.get("msg_type") == "comm_open":
                self.models[content["comm_id"]] = dict(data.get("state", {}))
            elif message.get("msg_type") == "comm_msg":
                if data.get("method") == "update_states":
                    for key, model in data["states"].items():
                        self.models[key] = {"_model_name": model["model_name"], **model["state"]}
                elif data.get("method") in ("update", "echo_update"):
                    self.models.setdefault(content["comm_id"], {}).update(data.get("state", {}))
            self.changed.set()

    def leave(self) -> None:
        """Close the browser without a word."""
        if self.reader is not None:
            self.reader.cancel()
        if self.socket is not None:
            self.socket.close()

    def lost(self) -> list[str]:
        """Which answers that came back with a score are not in the visitor's file?"""
        path = visitor_folder(self.token, self.server.folder / "work") / "isooc-answers.json"
        kept = json.loads(path.read_text(encoding="utf-8"))["answers"] if path.is_file() else {}
        return [q for q, level in self.saved.items() if kept.get(q, {}).get("level") != level]


async def crowd(
    server: Server, seats: int, arrive: float, answer: float, kills: bool
) -> dict[str, Any]:
    """Let participants arrive, work and leave; what was measured."""
    people = [Participant(server, number) for number in range(1, seats + 1)]
    ends = time.perf_counter() + arrive + answer

    async def one(place: int, person: Participant) -> None:
        await asyncio.sleep(arrive * place / seats)
        while time.perf_counter() < ends:
            try:
                await person.arrive()
                await person.work(ends)
            # A closed socket, no answer in time, a page without a kernel: they all count as one.
            except (TimeoutError, OSError, AssertionError, *BROKEN) as error:
                person.failed.append(f"{type(error).__name__}: {error}"[:80])
                person.leave()
                person.models = {}

    async def killer() -> None:
        await asyncio.sleep(arrive + answer * 0.3)
        victims = server.kernels()
        os.kill(victims[0], signal.SIGKILL)
        people[1].leave()
        await asyncio.sleep(answer * 0.3)
        server.stop(signal.SIGKILL)
        server.start()

    tasks = [asyncio.create_task(one(place, person)) for place, person in enumerate(people)]
    if kills:
        tasks.append(asyncio.create_task(killer()))
    await asyncio.sleep(arrive + answer * 0.9)
    own, kernels = server.memory()
    await asyncio.gather(*tasks)
    waits = [wait for person in people for wait in person.waits]
    found = {
        "kind": server.kind,
        "seats": seats,
        "arrive_s": arrive,
        "answer_s": answer,
        "answers": len(waits),
        "opened_p50_s": _quantile([p.opened for p in people if p.opened], 50),
        "opened_p95_s": _quantile([p.opened for p in people if p.opened], 95),
        "answer_p50_s": _quantile(waits, 50),
        "answer_p95_s": _quantile(waits, 95),
        "answer_max_s": round(max(waits, default=0), 3),
        "server_mb": round(own),
        "kernel_mb": round(statistics.median(kernels)) if kernels else None,
        "failures": sum(len(p.failed) for p in people),
    }
    if server.kind == "app":
        found["lost"] = sum(len(p.lost()) for p in people)
    for person in people:
        person.leave()
        if person.failed and not kills:
            print(person.failed, file=sys.stderr)
    return found


def _quantile(sample: list[float], point: int) -> float | None:
    if not sample:
        return None
    ranked = sorted(sample)
    return round(ranked[min(len(ranked) - 1, len(ranked) * point // 100)], 3)


def measure(
    kind: str, seats: int, arrive: float, answer: float, kills: bool = False
) -> dict[str, Any]:
    """One server, one crowd."""
    with tempfile.TemporaryDirectory(prefix="playbook-load-") as folder:
        server = Server(kind, Path(folder))
        try:
            server.start()
            time.sleep(10)  # a trainer starts it before the first participant comes
            return asyncio.run(crowd(server, seats, arrive, answer, kills))
        finally:
            server.stop()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seats", type=int, nargs="+", default=[30])
    asked.add_argument("--kinds", nargs="+", default=["slider", "app"])
    asked.add_argument("--arrive", type=float, default=ARRIVE)
    asked.add_argument("--answer", type=float, default=ANSWER)
    asked.add_argument("--kills", action="store_true")
    given = asked.parse_args()
    if not all(1 <= seats <= 200 for seats in given.seats):
        sys.exit("between 1 and 200 seats")
    for seats in given.seats:
        for kind in given.kinds:
            found = measure(kind, seats, given.arrive, given.answer, given.kills)
            print(json.dumps(found), flush=True)
