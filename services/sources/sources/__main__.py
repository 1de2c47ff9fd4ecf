"""Runs a source once: `python -m sources /etc/sources/source.json`."""

from __future__ import annotations

import sys

from .run import main

sys.exit(main(sys.argv[1:]))
