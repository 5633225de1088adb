"""What an editor says of a script by its schema: yaml-language-server asked as editors ask it.

    npm install --prefix FOLDER yaml-language-server
    python bench/editor.py FOLDER [--write]

A film is begun by `new`; then its script is opened with a mistake in it. Prints a Markdown table,
which `--write` puts into bench/EDITOR.md; the exit code is 1 if an answer is not the wanted one.
Needs node.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer.cli import main as run_command

TABLE = Path(__file__).with_name("EDITOR.md")
PATIENCE = 30
"""Messages that are read in wait for an answer; a server sends few of its own."""


class Server:
    """yaml-language-server over its standard input and output, by the Language Server Protocol."""

    def __init__(self, folder: Path) -> None:
        program = folder / "node_modules" / ".bin" / "yaml-language-server"
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([program, "--stdio"], stdin=pipe, stdout=pipe)
        self.number = 0
        self.told: dict[str, list[dict[str, Any]]] = {}
        """The diagnostics of each file by its address, the newest ones."""

    def send(self, method: str, params: Any, number: int | None = None) -> None:
        """Send a request (with a number) or a notification."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if number is not None:
            message["id"] = number
        self._write(message)

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self.number += 1
        self.send(method, params, self.number)
        for _ in range(PATIENCE):
            message = self.read()
            if message.get("id") == self.number and "method" not in message:
                return message.get("result")
        raise SystemExit(f"the server does not answer {method}")

    def read(self) -> dict[str, Any]:
        """The server's next message; what it asks is answered with nothing."""
        assert self.process.stdout
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.told[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            settings = message["method"] == "workspace/configuration"
            answer = [None] * len(message["params"]["items"]) if settings else None
            self._write({"jsonrpc": "2.0", "id": message["id"], "result": answer})
        return message

    def diagnostics(self, address: str) -> list[dict[str, Any]]:
        """What is told of a file, once something is."""
        for _ in range(PATIENCE):
            if self.told.get(address):
                break
            self.read()
        return self.told.get(address, [])

    def _write(self, message: dict[str, Any]) -> None:
        assert self.process.stdin
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()


@dataclass(frozen=True)
class Answer:
    """What was asked, what the server said, and whether that is wanted."""

    asked: str
    said: str
    wanted: bool


def answers(server: Server, script: Path) -> list[Answer]:
    """Ask for completion, for an explanation and for mistakes in a script."""
    lines = script.read_text(encoding="utf-8").splitlines()
    show = next(number for number, line in enumerate(lines) if line.lstrip().startswith("show:"))
    indent = len(lines[show]) - len(lines[show].lstrip())
    lines[show] = lines[show].replace("show:", "shwo:")
    lines.insert(show, " " * indent)
    text = "\n".join(lines) + "\n"
    address = script.as_uri()
    capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}
    known = {"processId": None, "rootUri": script.parent.as_uri(), "capabilities": capabilities}
    server.ask("initialize", known)
    server.send("initialized", {})
    document = {"uri": address, "languageId": "yaml", "version": 1, "text": text}
    server.send("textDocument/didOpen", {"textDocument": document})

    def at(line: int, column: int) -> dict[str, Any]:
        return {"textDocument": {"uri": address}, "position": {"line": line, "character": column}}

    told = [f"line {d['range']['start']['line'] + 1}: {d['message']}" for d in diagnosed(server)]
    completion = server.ask("textDocument/completion", at(show, indent))
    items = completion["items"] if isinstance(completion, dict) else completion
    labels = sorted(item["label"] for item in items)
    hover = server.ask("textDocument/hover", at(show - 1, indent + 1))
    explained = " ".join((hover or {}).get("contents", {}).get("value", "").split())
    explained = explained.partition(" Source:")[0].replace("\\", "")
    return [
        Answer(
            "which keys may a line have here",
            ", ".join(labels),
            {"cite", "hold", "labels", "show", "sounds"} <= {*labels},
        ),
        Answer("what is `say`", explained, "the sentence that is spoken" in explained),
        Answer(
            "`show` misspelt in line " + str(show + 2),
            "; ".join(told),
            any("shwo" in one and f"line {show + 2}:" in one for one in told),
        ),
    ]


def diagnosed(server: Server) -> list[dict[str, Any]]:
    """What the server tells of the one file that is open."""
    while not server.told:
        server.read()
    (address,) = server.told
    return server.diagnostics(address)


def main() -> int:
    """Ask, print, and say whether all is as wanted."""
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        film = Path(place) / "film"
        with redirect_stdout(StringIO()):
            run_command(["new", str(film)])
        server = Server(folder)
        found = answers(server, film / "script.yaml")
        server.process.kill()
    package = folder / "node_modules" / "yaml-language-server" / "package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    rows = [
        "# What an editor says of a script",
        "",
        f"`python bench/editor.py FOLDER --write`, {date.today()}, yaml-language-server {version}.",
        "",
        "| asked | the answer | as wanted |",
        "| --- | --- | --- |",
        *(f"| {a.asked} | {a.said} | {'yes' if a.wanted else '**no**'} |" for a in found),
    ]
    print("\n".join(rows))
    if "--write" in sys.argv:
        TABLE.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return 0 if all(answer.wanted for answer in found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
