"""docs/how-to/host-register.md as one shell script, so that a clean machine can try it word for word.

    python verify/host_page.py postgresql > page.sh

Each section becomes a function in which every block stands as it is on the page: commands are run, and
files are written where the words before them say. As root, on a machine with systemd that may be thrown away:

    bash page.sh install the-database the-register the-service
"""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "host-register.md"
DATABASES = ("postgresql", "sqlite")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
FILE = re.compile(r"`(/[^`\s]+)`")
BEGIN = """#!/bin/bash
set -e
told() { printf '# %s\\n' "$1"; }"""
END = "END OF FILE"


def sections(page: str) -> dict[str, str]:
    """Text of each section, by its heading as an address has it."""
    parts = re.split(r"^## (.+)\n", page, flags=re.M)[1:]
    named = zip(parts[::2], parts[1::2], strict=True)
    return {re.sub(r"[^a-z]+", "-", heading.lower()).strip("-"): text for heading, text in named}


def steps(section: str, database: str) -> list[str]:
    """What a reader does in a section, block by block, in shell."""
    found, end = [], 0
    for block in BLOCK.finditer(section):
        language, body = block.groups()
        if language == "console":
            lines = body.splitlines()
            if database == "sqlite":  # as the page says: without the lines of `postgres`
                lines = [line for line in lines if "postgres" not in line]
            found += [f"told {shlex.quote(line)}\n{line}" for line in lines]
        else:
            file = FILE.findall(section[end : block.start()])[-1]
            found.append(f"told {shlex.quote('write ' + file)}\ncat > {file} <<'{END}'\n{body}{END}")
        end = block.end()
    return found


def script(page: str, database: str) -> str:
    """The page as a shell script; its arguments are the sections to be run."""
    bodies = {name: "\n".join(steps(text, database)) or ":" for name, text in sections(page).items()}
    if database == "sqlite":
        del bodies["the-database"]
    functions = "\n".join(f"section-{name}() {{\n{body}\n}}" for name, body in bodies.items())
    return f"{BEGIN}\n{functions}\nfor part; do section-$part; done\n"


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in DATABASES:
        sys.exit(f"Say which database: {' or '.join(DATABASES)}.")
    sys.stdout.write(script(PAGE.read_text(encoding="utf-8"), sys.argv[1]))
