"""The command line. Sub-commands are composed here and import what they need when they run."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, NoReturn


def _interrupted() -> NoReturn:
    from simulation.cli.console import fail

    fail("interrupted; what was finished is kept")
    sys.exit(1)


def _misused(error: Any) -> NoReturn:
    """One line for an option or argument that cannot be read; the help for a command that was given nothing at all."""
    from simulation.cli.console import fail

    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        command = error.ctx.command_path if error.ctx else "mourour"
        fail(f"{error.format_message().rstrip('.')} (see {command} --help)")
    sys.exit(error.exit_code)


def main() -> None:
    """Run a command and turn what goes wrong into one line and an exit code: 2 for bad input, 1 for a failed run."""
    from typer import BadParameter

    from detectors.errors import DetectionError
    from signal_drivers.errors import MourourError
    from simulation.cli.console import fail

    usage_error: Any = BadParameter.__base__
    try:
        from simulation.cli.app import app

        code = app(prog_name="mourour", standalone_mode=False)
        if code == 128 + signal.SIGINT:
            _interrupted()
        sys.exit(code)
    except usage_error as error:
        _misused(error)
    except (MourourError, DetectionError) as error:
        fail(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _interrupted()
    except BrokenPipeError:
        # The reader went away (`mourour ... | head`): nothing to say, and nobody to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        fail(f"{place}{error.strerror or error} (is the disk full, or the place not writable?)")
        sys.exit(1)
