"""Every behaviour there is, in the order they are tried."""

from __future__ import annotations

from functools import partial

from signal_drivers.errors import BadInput
from signal_drivers.junction import Junction
from simulation.conformance import by_hand, contact, modes, recovery, requests, service, throughout, tour
from simulation.conformance.behaviour import Behaviour, changes_s, seconds, start_up_s
from simulation.conformance.expect import Expect
from simulation.conformance.judge import Rule


def _loss_s(junction: Junction, expect: Expect) -> float:
    return expect.heartbeat_limit_s + 10.0


def _plan_s(junction: Junction, expect: Expect) -> float:
    return expect.heartbeat_limit_s + 35.0


def _tour_s(junction: Junction, expect: Expect) -> float:
    n = len(junction.stages)
    return expect.tour_s or changes_s(1.2 * n * (n - 1))(junction, expect)


CATALOGUE: tuple[Behaviour, ...] = (
    Behaviour("handshake", "Handshake", "Identification", "Map version, checksum and counts are the junction file's; a changed "
              "configuration is told apart before anything is commanded.", contact.handshake, seconds(1), commands=False),
    Behaviour("uptime", "Reports and uptime", "Comptes rendus et durée de marche", "The report counter rises, uptime keeps real "
              "time.", contact.uptime, seconds(6),
              commands=False),
    Behaviour("heartbeat-echo", "Heartbeat echo", "Écho du signe de vie", "Five heartbeats, each echoed.",
              contact.heartbeat_echo, start_up_s(1)),
    Behaviour("sequence-echo", "Request echo", "Écho de la demande", "A request for the running stage is echoed with its "
              "sequence and stage.", contact.sequence_echo, seconds(2)),
    Behaviour("demand", "Demand echo", "Écho des appels", "Demand of a group is told, echoed, and gone when no longer told.",
              contact.demand, seconds(2)),
    Behaviour("expired", "Expired request", "Demande périmée", "A request that ran out is refused and no head follows it.",
              requests.expired, seconds(3)),
    Behaviour("future", "Request from the future", "Demande du futur", "A request from 30 s ahead is refused and no head follows "
              "it.", requests.future, seconds(3)),
    Behaviour("replayed", "Replayed request", "Demande rejouée", "A sequence used before, and an older one, are refused and no "
              "head follows.", requests.replayed, seconds(5)),
    Behaviour("unknown-stage", "Unknown stage", "Phase inconnue", "A stage the junction has not is refused.",
              requests.unknown_stage, seconds(3)),
    Behaviour("force-bits", "Force bits", "Bits de commande", "A call with two force bits, and one with none, are refused.",
              requests.force_bits, seconds(5)),
    Behaviour("whole-blocks", "Partial writes", "Écritures partielles", "Orders for too few groups, and on Modbus parts of a "
              "block, are refused with nothing taken of them.", contact.whole_blocks, seconds(3)),
    Behaviour("minimum-green", "Minimum green kept", "Vert minimal tenu", "Asked to leave a green that has just begun, the unit "
              "refuses or waits; asked after its minimum, it leaves.", tour.minimum_green, changes_s(2)),
    Behaviour("in-transition", "Request in a transition", "Demande en transition", "A conflicting request on the way to a stage "
              "is refused and the stage is reached.", requests.in_transition, changes_s(1)),
    Behaviour("tour", "Tour of stages", "Tour des phases", "Ordered pairs of stages drawn by the seed: each request is taken and "
              "its heads are reached.", tour.tour, _tour_s),
    Behaviour("hurry-call", "Hurry call", "Appel prioritaire", "A hurry call is reached on the heads, held against requests, and "
              "released.", service.hurry, changes_s(2, 4)),
    Behaviour("hurry-expiry", "Hurry call expires", "Fin de l'appel prioritaire", "A hurry call ends by itself when its life is "
              "over.", service.hurry_expiry, changes_s(1, 8)),
    Behaviour("clock", "Calendar clock", "Horloge", "Set an hour ahead, read back, set right; stages and uptime unaffected.",
              service.clock, seconds(5)),
    Behaviour("reconnect", "Connection dropped in a transition", "Liaison coupée en transition", "Dropped for 1 s: the "
              "transition ends as it should, the echo is kept, the next sequence is taken.", recovery.dropped, changes_s(2, 2)),
    Behaviour("reconnect-twice", "Two quick reconnections", "Deux reconnexions rapides", "Nothing changes at the junction.",
              recovery.quick, seconds(3)),
    Behaviour("hand-back", "Handed back and taken over", "Rendu puis repris", "Local by timetable at once, central again at "
              "once, without flashing.", modes.hand_back, changes_s(0.5, 2)),
    Behaviour("local-refuses", "Request while local", "Demande en local", "A request while the local plan runs is refused and "
              "no head follows it.", requests.in_local, changes_s(1, 3)),
    Behaviour("heartbeat-loss", "Heartbeat stands still", "Signe de vie figé", "A counter that stands still is no sign of life: "
              "local within the limit; counting on, central again.", modes.heartbeat_loss, _loss_s),
    Behaviour("local-plan", "Silence and local plan", "Silence et plan local", "Without heartbeats local within the limit, and "
              "the local plan changes stages on the heads.", modes.local_plan, _plan_s),
    Behaviour("flashing", "Commanded flashing and start-up", "Clignotant commandé et mise en route", "Flashing amber while "
              "wanted; then flashing, all red for the longest intergreen, a stage.", modes.flashing, start_up_s(1, 4)),
    Behaviour("hung", "Mute and answering again", "Muet puis rétabli", "The unit does not answer for some seconds: nothing "
              "illegal on the heads, central again after.", recovery.hung, seconds(8), by_hand=True),
    Behaviour("manual", "Panel", "Pupitre manuel", "Manual by panel holds the stage and refuses requests.", by_hand.manual,
              seconds(8), by_hand=True),
    Behaviour("power-cut", "Power cut", "Coupure secteur", "Dark, then the start-up order; the centre must be heard anew.",
              by_hand.power_cut, start_up_s(1, 5), by_hand=True),
    Behaviour("red-lamp", "Red lamp failure", "Panne de rouge", "Flashing amber, latched until reset, then the start-up order.",
              by_hand.red_lamp, start_up_s(1, 6), by_hand=True),
    Behaviour("conflict", "Conflicting greens", "Verts antagonistes", "Flashing amber within 0.3 s, latched until reset, then "
              "the start-up order.", by_hand.conflict, start_up_s(1, 6), by_hand=True),
    Behaviour("latched-restart", "Latched through a restart", "Défaut mémorisé", "A latched conflict outlives the power, until "
              "reset.", by_hand.latched_restart, start_up_s(1, 15), by_hand=True),
    Behaviour("heads-conflict", "No conflicting greens", "Aucun vert antagoniste", "Over the whole run, in every look.",
              partial(throughout.judged, rule=Rule.CONFLICT), seconds(1), commands=False),
    Behaviour("heads-minimum-green", "Minimum greens seen", "Verts minimaux observés", "Over the whole run, on the heads.",
              partial(throughout.judged, rule=Rule.MIN_GREEN), seconds(1), commands=False),
    Behaviour("heads-yellow", "Yellows seen", "Jaunes observés", "Over the whole run, on the heads.",
              partial(throughout.judged, rule=Rule.YELLOW), seconds(1), commands=False),
    Behaviour("heads-intergreen", "Intergreens seen", "Intervalles de dégagement observés", "Over the whole run, on the heads.",
              partial(throughout.judged, rule=Rule.INTERGREEN), seconds(1), commands=False),
    Behaviour("heads-age", "Ages of heads", "Ancienneté des états", "What the unit tells of how long heads have shown something "
              "is what was seen.", partial(throughout.judged, rule=Rule.AGE), seconds(1), commands=False),
    Behaviour("flags", "Mode, source and stage", "Mode, origine et phase", "What the unit says it does is what its heads show, "
              "in every report.", throughout.flags, seconds(1), commands=False),
    Behaviour("detectors", "Detectors", "Détecteurs", "Values that can be, counts that never fall, quality for each.",
              service.detectors, seconds(2), commands=False),
)


def chosen(only: str) -> list[Behaviour]:
    """Behaviours by comma-separated ids, in their own order; all where none is named. Raises :class:`BadInput`."""
    names = [part.strip() for part in only.split(",") if part.strip()]
    known = [b.id for b in CATALOGUE]
    for wanted in names:
        if wanted not in known:
            raise BadInput(f"no behaviour is called {wanted!r}", where="--only", mend="see mourour conformance --list")
    return [b for b in CATALOGUE if not names or b.id in names]
