"""Who may do what. One role an account; nobody may do everything."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Viewers look; operators command junctions; engineers may besides read the log of commands and keep
    certificates; dispatchers send emergencies;
    admins see to accounts; a post is the daemon of a post's junctions and no person."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ENGINEER = "engineer"
    DISPATCH = "dispatch"
    ADMIN = "admin"
    POST = "post"


FRENCH = {Role.VIEWER: "lecteur", Role.OPERATOR: "opérateur", Role.ENGINEER: "ingénieur", Role.DISPATCH: "régulation des secours",
          Role.ADMIN: "administrateur", Role.POST: "poste"}

SEE = frozenset({Role.VIEWER, Role.OPERATOR, Role.ENGINEER, Role.DISPATCH, Role.ADMIN})
COMMAND_JUNCTIONS = frozenset({Role.OPERATOR, Role.ENGINEER})
SEND_EMERGENCIES = frozenset({Role.DISPATCH})
READ_COMMANDS = frozenset({Role.ENGINEER, Role.ADMIN})
KEEP_CERTIFICATES = frozenset({Role.ENGINEER})
BE_A_POST = frozenset({Role.POST})
ANYBODY = frozenset(Role)
"""Anybody who has an account."""
