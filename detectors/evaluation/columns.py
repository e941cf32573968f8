"""What columns of a count sheet are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from detectors.errors import EvaluationError
from detectors.evaluation.values import kind_or_none, plain
from detectors.vision.road_users import RoadUser

_SYNONYMS: Mapping[str, str] = {
    "frame": "frame frame_number frame_no frame_id frameno image img trame numero_image no_image",
    "time": "time time_s t t_s second seconds seconde secondes sec temps temps_s timestamp heure at at_s instant moment",
    "start": "start start_s begin begin_s beginning from from_s debut debut_s de heure_debut start_time time_from",
    "end": "end end_s until until_s to to_s fin fin_s a jusqu_a heure_fin end_time time_to",
    "duration": "duration duration_s duree duree_s",
    "line": "line line_name ligne section screenline counting_line ligne_de_comptage poste",
    "lane": "lane lane_id voie file couloir",
    "direction": "direction dir sens way heading",
    "class": "class classe type kind category categorie vehicle_class vehicle_type type_vehicule type_de_vehicule",
    "count": "count counts n number nombre nb comptage volume total sum somme total_vehicles",
    "speed_kmh": "speed_kmh speed_km_h kmh km_h vitesse_kmh vitesse_km_h vitesse speed kph",
    "speed_mps": "speed_mps speed_m_s vitesse_mps vitesse_m_s mps m_s",
    "": "track track_id id no num row remark remarks comment comments note notes remarque remarques commentaire observation "
        "observations weather meteo plate_hidden",
}
"""What stands under the empty name is passed over."""
_NAMES = {word: name for name, words in _SYNONYMS.items() for word in words.split()}


class Columns(NamedTuple):
    """Where each thing stands; ``kinds`` where every class has a column of its own."""

    at: Mapping[str, int]
    kinds: Mapping[int, RoadUser]


def find_columns(heads: Sequence[str], where: str) -> Columns:
    """Raises :class:`EvaluationError` for a column nobody knows, or one that is there twice."""
    at: dict[str, int] = {}
    kinds: dict[int, RoadUser] = {}
    unknown = []
    for place, head in enumerate(heads):
        name = _NAMES.get(plain(head))
        if name is None and (user := kind_or_none(head)) is not None:
            if user in kinds.values():
                raise EvaluationError(f"two columns count {user.value}: {head!r} is the second", where=where)
            kinds[place] = user
        elif name is None:
            unknown.append(head)
        elif name in at:
            raise EvaluationError(f"two columns give the {name}: {heads[at[name]]!r} and {head!r}", where=where,
                                  mend="leave one of them out")
        elif name:
            at[name] = place
    if unknown:
        raise EvaluationError(f"unknown column {', '.join(repr(head[:40]) for head in unknown[:4])}", where=where,
                              mend="known are frame, time_s, start_s, end_s, line, lane, direction, class, count, speed_kmh, a "
                                   "column for each class, note")
    return Columns(at, kinds)
