"""Draw terminal.svg: ``scrapy archive`` run in a real terminal (a pseudo-terminal) of its own, as it was on the screen.

    .venv/bin/python -m crawler.sample.record_terminal

The picture in the first README is made by this; the text in it is what the commands printed.
"""

from __future__ import annotations

import html
import os
import pty
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

ROOT = Path(__file__).parents[2]
PICTURE = Path(__file__).with_name("terminal.svg")
COLUMNS = 96
LINE = 19
TYPED = " class='typed'"
CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def on_terminal(command: list[str], folder: Path) -> str:
    """What a command writes to a terminal, as it came, cursor movements and all."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    finally:
        os.close(theirs)
    out = b""
    while True:
        try:
            got = os.read(ours, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not got:
            break
        out += got
    os.close(ours)
    process.wait()
    return out.decode("utf-8", "replace")


def screen(written: str) -> list[str]:
    """The lines that stay on the screen: of a line that was rewritten, its last state."""
    lines = CONTROL.sub("", written.replace("\r\n", "\n")).split("\n")
    return [line.rpartition("\r")[2].rstrip() for line in lines]


def picture(lines: list[str]) -> str:
    """An SVG of a terminal with these lines."""
    height = LINE * len(lines) + 40
    text = "\n".join(f"<text x='16' y='{40 + LINE * n}'{TYPED * line.startswith('$ ')} xml:space='preserve'>{html.escape(line)}</text>" for n, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{COLUMNS * 8 + 32}" height="{height}" role="img" aria-label="scrapy archive in a terminal">\n'
        "<style>text{font:13px ui-monospace,Menlo,Consolas,'Noto Sans Mono CJK SC',monospace;fill:#d8dee9}.typed{fill:#a3be8c}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="#242933"/>\n{text}\n</svg>\n'
    )


def wrapped(lines: list[str]) -> list[str]:
    """The lines broken at the terminal's width; a Chinese character takes two columns."""
    out = []
    for line in lines:
        row, used = "", 0
        for char in line:
            wide = 2 if unicodedata.east_asian_width(char) in "WF" else 1
            if used + wide > COLUMNS:
                out.append(row)
                row, used = "", 0
            row, used = row + char, used + wide
        out.append(row)
    return out


def shown(words: list[str], folder: Path) -> list[str]:
    """A command as typed and what it left on the screen, long answers cut."""
    scrapy = str(Path(sys.executable).parent / "scrapy")
    lines = [line.replace(scrapy, "scrapy") for line in screen(on_terminal([scrapy, *words], folder)) if line]
    edits = next((number for number, line in enumerate(lines) if re.fullmatch(r"\d+ edits", line)), None)
    if edits is not None:
        lines = [*[line for line in lines[:edits] if line.startswith(("url:", "title:"))], "…", *lines[edits : edits + 9], "  …"]
    return [f"$ scrapy {' '.join(words)}".replace(" --port 0", ""), *lines]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "scrapy.cfg").write_text((ROOT / "scrapy.cfg").read_text("utf-8"), "utf-8")
        lines = shown(["archive", "--port", "0"], folder)
        repaired = next(line.split()[-1] for line in lines if line.startswith("  scrapy show "))
        for words in (["search", "龙王泉"], ["show", repaired]):
            lines += shown(words, folder)
    PICTURE.write_text(picture(wrapped(lines)), "utf-8")


if __name__ == "__main__":
    main()
