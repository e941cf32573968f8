"""What pydantic finds wrong with a request, said in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controller.service.problem import Kind, Problem

SHOWN = 20
FRENCH: Mapping[str, str] = {
    "missing": "champ manquant",
    "extra_forbidden": "champ inconnu",
    "string_type": "doit être un texte",
    "string_too_short": "texte trop court (au moins {min_length} caractères)",
    "string_too_long": "texte trop long (au plus {max_length} caractères)",
    "string_pattern_mismatch": "forme non admise (attendu : {pattern})",
    "string_unicode": "texte qui n'est pas de l'Unicode valable",
    "int_type": "doit être un nombre entier",
    "int_parsing": "doit être un nombre entier",
    "int_from_float": "doit être un nombre entier",
    "float_type": "doit être un nombre",
    "float_parsing": "doit être un nombre",
    "finite_number": "doit être un nombre fini",
    "bool_type": "doit être vrai ou faux",
    "bool_parsing": "doit être vrai ou faux",
    "greater_than": "doit être supérieur à {gt}",
    "greater_than_equal": "doit être au moins {ge}",
    "less_than": "doit être inférieur à {lt}",
    "less_than_equal": "doit être au plus {le}",
    "enum": "valeur non admise (attendu : {expected})",
    "literal_error": "valeur non admise (attendu : {expected})",
    "list_type": "doit être une liste",
    "tuple_type": "doit être une liste",
    "too_short": "liste trop courte (au moins {min_length})",
    "too_long": "liste trop longue (au plus {max_length})",
    "dict_type": "doit être un objet",
    "model_type": "doit être un objet",
    "model_attributes_type": "doit être un objet",
    "timezone_aware": "une date et heure avec son fuseau est attendue, par exemple 2026-11-26T07:30:00+01:00",
    "datetime_type": "doit être une date et heure, par exemple 2026-11-26T07:30:00+01:00",
    "datetime_parsing": "doit être une date et heure, par exemple 2026-11-26T07:30:00+01:00",
    "datetime_from_date_parsing": "doit être une date et heure, par exemple 2026-11-26T07:30:00+01:00",
    "json_invalid": "n'est pas du JSON",
    "union_tag_invalid": "forme inconnue",
}


def mistakes(found: Sequence[Mapping[str, Any]]) -> Problem:
    """One refusal for everything that was found. The values themselves are not repeated: they may be anything."""
    rows = [_row(error) for error in found[:SHOWN]]
    if not rows:
        return Problem(Kind.INVALID, "the request cannot be used", "requête inutilisable")
    first, more = rows[0], len(found) - 1
    kind = Kind.NOT_READ if found[0]["type"] == "json_invalid" else Kind.INVALID
    return Problem(kind, first["detail"] + (f" (and {more} more)" if more else ""),
                   first["detail_fr"] + (f" (et {more} de plus)" if more else ""), where=first["where"], more={"problems": rows})


def _row(error: Mapping[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error["loc"])[:200]
    context = {key: str(value) for key, value in (error.get("ctx") or {}).items()}
    if error["type"] == "value_error":
        # Ours: the French is after a bar.
        english, _, french = str(error["msg"]).removeprefix("Value error, ").partition(" | ")
        return {"where": where, "detail": english, "detail_fr": french or english}
    try:
        french = FRENCH.get(error["type"], "valeur non admise").format(**context)
    except KeyError:
        french = "valeur non admise"
    return {"where": where, "detail": str(error["msg"])[:300], "detail_fr": french}
