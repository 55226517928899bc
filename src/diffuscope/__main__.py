"""`python -m diffuscope` is the command `diffuscope`."""

from __future__ import annotations

from diffuscope.cli import main

main()
