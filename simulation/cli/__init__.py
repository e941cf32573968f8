"""The command line. Sub-commands are composed here and import what they need when they run."""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn


def _interrupted() -> NoReturn:
    from simulation.cli.console import fail

    fail("interrupted; what was finished is kept")
    sys.exit(1)


def main() -> None:
    """Run a command and turn what goes wrong into one line and an exit code: 2 for bad input, 1 for a failed run."""
    from signal_drivers.errors import MourourError
    from simulation.cli.console import fail

    try:
        from simulation.cli.app import app

        app(prog_name="mourour")
    except MourourError as error:
        fail(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as stop:
        # Typer has already turned Ctrl-C into this one.
        if stop.code == 128 + signal.SIGINT:
            _interrupted()
        raise
    except BrokenPipeError:
        # The reader went away (`mourour ... | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        fail(f"{place}{error.strerror or error} (is the disk full, or the place not writable?)")
        sys.exit(1)
