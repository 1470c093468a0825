"""``python -m phenotune`` is the command line."""

from __future__ import annotations

from phenotune.cli.main import main

if __name__ == "__main__":
    main()
