"""The door of the command line: streams, exit codes, and no traceback for anybody."""

from __future__ import annotations

import contextlib
import logging
import sys
import warnings
from collections.abc import Sequence

import typer

from phenotune.cli import began
from phenotune.cli.app import app
from phenotune.cli.failures import INTERRUPTED, report_failure, say
from phenotune.cli.text import program


def main() -> None:
    """Run the command line and leave with its exit code."""
    began.this_is_the_program()
    _prepare()
    code = run()
    _flush()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    0 is done, 1 the world's fault, 2 the caller's, 130 stopped by Ctrl-C.

    Parameters
    ----------
    arguments
        What stands behind ``phenotune``; ``sys.argv`` when None.
    """
    try:
        code = app(args=arguments, prog_name=program(), standalone_mode=False)
    except typer.TyperException as error:
        _explain_usage(error)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the outermost door: what is not foreseen becomes a message all the same
        return report_failure(error)
    return code if isinstance(code, int) else 0


def _prepare() -> None:
    """Let any file name be printed, and keep what libraries mutter away from the user."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            is_utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
            reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        warnings.filterwarnings("default", module=r"phenotune\.")
        warnings.showwarning = _show_warning


def _show_warning(message: Warning | str, *where: object, **more: object) -> None:
    print(f"warning: {message}", file=sys.stderr)


def _explain_usage(error: typer.TyperException) -> None:
    message = error.format_message()
    if not message:
        return  # Called with no arguments at all; the help has been shown in its place.
    context = getattr(error, "ctx", None)
    say(message[:1].lower() + message[1:])
    if context is not None:
        print(f"`{context.command_path} --help` shows what there is.", file=sys.stderr)


def _flush() -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
