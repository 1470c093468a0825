"""Figures as Markdown, and their place in ``results.md``."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def put(name: str, text: str, path: Path = RESULTS) -> None:
    """Put text between the two comments that bear a name; where there are none, at the end, with its comments."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    block = f"{begin}\n\n{text.strip()}\n\n{end}"
    page = path.read_text(encoding="utf-8")
    if begin in page and end in page:
        before, _, rest = page.partition(begin)
        page = before + block + rest.partition(end)[2]
    else:
        page = f"{page.rstrip()}\n\n{block}\n"
    path.write_text(page, encoding="utf-8")


def machine() -> str:
    """Date and machine, as a line under a table."""
    facts = [
        datetime.date.today().isoformat(),
        f"{os.cpu_count()} processors ({_processor()})",
        platform.system(),
        f"Python {platform.python_version()}",
    ]
    if hasattr(os, "getloadavg"):
        facts.append(f"load {os.getloadavg()[1]:.1f} over the last five minutes")
    return ", ".join(facts)


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.machine()
