"""The one exception tree. The command line turns each into one line and an exit code.

::

    MourourError
    ├── BadInput (exit 2)          something the user gave cannot be used
    │   ├── ScenarioError          a scenario file or name
    │   ├── NetError               a SUMO network, configuration or demand file
    │   ├── JunctionRefused        a junction the signal model will not drive
    │   ├── UnknownStrategy        a strategy name nobody registered
    │   ├── PlanError              a plan file, or a plan that does not fit its junction
    │   ├── SiteError              a site or network file, or what it names
    │   ├── CertificateRefused     a certificate of validation, or a key, that cannot be relied on
    │   ├── OutputError            a directory that cannot be written to
    │   └── CabinetError           a cabinet that cannot be worked with
    │       ├── Unreachable        nobody answers there, or not in time
    │       ├── NotTrusted         a certificate or login was not accepted, on either side
    │       └── WrongCabinet       somebody answers, but not the cabinet that was meant
    └── RunFailed (exit 1)         the run itself broke (simulator died, disk filled up half-way)

Domain objects raise :class:`JunctionRefused` or :class:`InvalidValue` when constructed from values that break their rules;
the message quotes the bad value.
"""

from __future__ import annotations


class MourourError(Exception):
    """Base of all errors this project raises on purpose.

    ``what`` is the fault, ``where`` the file, junction or option it was found in, ``mend`` what the user can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(what, where, mend)

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process boundaries in `mourour compare`; keyword-only arguments need help to survive pickling.
        return (_rebuild, (type(self), self.what, self.where, self.mend))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        mend = f" ({self.mend})" if self.mend else ""
        return " ".join(f"{place}{self.what}{mend}".split())


def _rebuild(kind: type[MourourError], what: str, where: str | None, mend: str | None) -> MourourError:
    return kind(what, where=where, mend=mend)


class BadInput(MourourError):
    """Something the user gave cannot be used; exit code 2."""

    exit_code = 2


class ScenarioError(BadInput):
    """A scenario name or file that is missing, unreadable or inconsistent."""


class NetError(BadInput):
    """A SUMO network, configuration or demand file that is missing, broken or unusable."""


class InvalidValue(BadInput, ValueError):
    """A domain value outside its allowed range; the message quotes it."""


class JunctionRefused(BadInput, ValueError):
    """A junction whose signals the model will not drive; the message names it and says what to do."""


class UnknownStrategy(BadInput):
    """A strategy name that is not registered."""


class PlanError(BadInput):
    """A plan file that is missing, unreadable or inconsistent, or that does not fit the network it is to run on."""


class SiteError(BadInput):
    """A site or network file that is missing, unreadable or inconsistent, or that names what is not there."""


class CertificateRefused(BadInput):
    """A certificate of validation or a key that is missing, unreadable or not to be relied on, or something without one."""


class OutputError(BadInput):
    """An output directory that cannot be created or written to."""


class CabinetError(BadInput):
    """A cabinet that cannot be worked with; the message names its address."""


class Unreachable(CabinetError):
    """Nobody answers at the address, or not in time."""


class NotTrusted(CabinetError):
    """A certificate or login was not accepted, on either side."""


class WrongCabinet(CabinetError):
    """Somebody answers, but with another map version or another junction's configuration."""


class RunFailed(MourourError):
    """The run broke after it had started; exit code 1. What was finished is kept."""

    exit_code = 1
