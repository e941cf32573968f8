"""What each event code is called, in English and French, and what its parameter is."""

from __future__ import annotations

from typing import NamedTuple

from controller.archive.codes import Code


class Name(NamedTuple):
    english: str
    french: str
    parameter: str


PHASE, CHANNEL, CALL, NONE = "phase", "channel", "call", "–"

NAMES: dict[int, Name] = {
    Code.PHASE_ON: Name("phase on", "phase active", PHASE),
    Code.PHASE_BEGIN_GREEN: Name("begin green", "début du vert", PHASE),
    Code.PHASE_MIN_COMPLETE: Name("minimum green complete", "vert minimal écoulé", PHASE),
    Code.PHASE_GAP_OUT: Name("gap out", "fin par intervalle", PHASE),
    Code.PHASE_MAX_OUT: Name("max out", "fin au vert maximal", PHASE),
    Code.PHASE_FORCE_OFF: Name("force off", "fin imposée", PHASE),
    Code.PHASE_GREEN_TERMINATION: Name("green termination", "fin du vert", PHASE),
    Code.PHASE_BEGIN_YELLOW: Name("begin yellow", "début du jaune", PHASE),
    Code.PHASE_END_YELLOW: Name("end yellow", "fin du jaune", PHASE),
    Code.PHASE_BEGIN_RED_CLEARANCE: Name("begin red clearance", "début du rouge de dégagement", PHASE),
    Code.PHASE_END_RED_CLEARANCE: Name("end red clearance", "fin du rouge de dégagement", PHASE),
    Code.PHASE_INACTIVE: Name("phase inactive", "phase inactive", PHASE),
    Code.PED_BEGIN_WALK: Name("begin walk", "début du vert piéton", PHASE),
    Code.PED_BEGIN_CLEARANCE: Name("begin pedestrian clearance", "début du dégagement piéton", PHASE),
    Code.PED_BEGIN_SOLID_DONT_WALK: Name("begin don't walk", "début du rouge piéton", PHASE),
    Code.PHASE_CALL_REGISTERED: Name("call registered", "appel enregistré", PHASE),
    Code.PHASE_CALL_DROPPED: Name("call dropped", "appel levé", PHASE),
    Code.PED_CALL_REGISTERED: Name("pedestrian call registered", "appel piéton enregistré", PHASE),
    Code.DETECTOR_OFF: Name("detector off", "détecteur libre", CHANNEL),
    Code.DETECTOR_ON: Name("detector on", "détecteur occupé", CHANNEL),
    Code.DETECTOR_RESTORED: Name("detector restored", "détecteur rétabli", CHANNEL),
    Code.DETECTOR_FAULT_OTHER: Name("detector fault", "défaut de détecteur", CHANNEL),
    Code.DETECTOR_FAULT_WATCHDOG: Name("detector fault: silent", "défaut de détecteur : muet", CHANNEL),
    Code.DETECTOR_FAULT_STUCK_OFF: Name("detector fault: stuck off", "défaut de détecteur : bloqué libre", CHANNEL),
    Code.DETECTOR_FAULT_STUCK_ON: Name("detector fault: stuck on", "défaut de détecteur : bloqué occupé", CHANNEL),
    Code.DETECTOR_FAULT_ERRATIC: Name("detector fault: erratic", "défaut de détecteur : erratique", CHANNEL),
    Code.PED_DETECTOR_OFF: Name("pedestrian detector off", "détecteur piéton libre", PHASE),
    Code.PED_DETECTOR_ON: Name("pedestrian detector on", "détecteur piéton occupé", PHASE),
    Code.PREEMPT_ADVANCE_WARNING: Name("pre-emption: advance warning", "préemption : préavis", CALL),
    Code.PREEMPT_CALL_ON: Name("pre-emption: call on", "préemption : appel", CALL),
    Code.PREEMPT_GATE_DOWN: Name("pre-emption: gate down", "préemption : barrière baissée", CALL),
    Code.PREEMPT_CALL_OFF: Name("pre-emption: call off", "préemption : fin d'appel", CALL),
    Code.PREEMPT_ENTRY: Name("pre-emption: entry", "préemption : entrée", CALL),
    Code.PREEMPT_BEGIN_TRACK_CLEARANCE: Name("pre-emption: begin track clearance", "préemption : dégagement de la voie", CALL),
    Code.PREEMPT_BEGIN_DWELL: Name("pre-emption: begin dwell", "préemption : maintien", CALL),
    Code.PREEMPT_LINK_ON: Name("pre-emption: link on", "préemption : lien actif", CALL),
    Code.PREEMPT_LINK_OFF: Name("pre-emption: link off", "préemption : lien inactif", CALL),
    Code.PREEMPT_MAX_PRESENCE: Name("pre-emption: maximum presence", "préemption : présence maximale", CALL),
    Code.PREEMPT_BEGIN_EXIT: Name("pre-emption: begin exit", "préemption : sortie", CALL),
    Code.PRIORITY_CHECK_IN: Name("priority: check-in", "priorité : annonce", CALL),
    Code.PRIORITY_EARLY_GREEN: Name("priority: early green", "priorité : vert avancé", CALL),
    Code.PRIORITY_EXTEND_GREEN: Name("priority: extended green", "priorité : vert prolongé", CALL),
    Code.PRIORITY_CHECK_OUT: Name("priority: check-out", "priorité : départ", CALL),
    Code.COORD_PATTERN_CHANGE: Name("plan change", "changement de plan", "plan"),
    Code.COORD_CYCLE_LENGTH_CHANGE: Name("cycle length change", "changement de cycle", "s"),
    Code.COORD_OFFSET_CHANGE: Name("offset change", "changement de décalage", "s"),
    Code.UNIT_FLASH_STATUS: Name("flash status", "état du clignotant", "why it flashes, 2 not"),
    Code.UNIT_ALARM_STATUS: Name("alarm status", "état des alarmes", "bits"),
    Code.ALARM_GROUP_STATE: Name("alarm group state", "état du groupe d'alarmes", "bits"),
    Code.MANUAL_CONTROL: Name("manual control", "commande manuelle", "1 on, 0 off"),
    Code.CLOCK_UPDATED: Name("clock set", "mise à l'heure", "s"),
    Code.POWER_FAILURE: Name("power failure", "coupure de courant", NONE),
    Code.POWER_RESTORED: Name("power restored", "courant rétabli", NONE),
    Code.GUARD_VETO: Name("guard veto", "refus de la garde", "stage"),
    Code.VIOLATION_SEEN: Name("violation seen", "infraction vue aux feux", NONE),
    Code.LADDER_STEP_DOWN: Name("fallback: step down", "repli : un degré plus bas", "rung"),
    Code.LADDER_STEP_UP: Name("fallback: step up", "repli : un degré plus haut", "rung"),
    Code.CABINET_LOST: Name("cabinet lost", "armoire perdue", NONE),
    Code.CABINET_FOUND: Name("cabinet found", "armoire retrouvée", NONE),
    Code.LATCHED: Name("conflict latched", "conflit verrouillé", NONE),
    Code.HAND_BACK: Name("handed back", "rendu à l'armoire", "mode"),
    Code.TAKE_OVER: Name("taken over", "pris en charge", "mode"),
    Code.MODE_CHANGE: Name("mode change", "changement de mode", "mode"),
    Code.FAULT_BEGAN: Name("fault began", "début de défaut", "fault"),
    Code.FAULT_ENDED: Name("fault ended", "fin de défaut", "fault"),
    Code.HEADS_MISSED: Name("greens missed between reports", "verts non vus entre deux états", PHASE),
    Code.INCIDENT_BEGAN: Name("incident began", "début d'incident", "kind of incident"),
    Code.INCIDENT_ENDED: Name("incident ended", "fin d'incident", "kind of incident"),
    Code.AMBULANCE_SEEN: Name("ambulance seen, to be confirmed", "ambulance vue, à confirmer", "confidence, %"),
    Code.AMBULANCE_GONE: Name("ambulance no longer seen", "ambulance hors de vue", "confidence, %"),
    Code.CAMERA_QUALITY: Name("camera quality", "qualité de caméra", "0 good, 1 degraded, 2 bad"),
    Code.VALIDATION: Name("right to run", "droit de piloter", "0 not required, 1 certified, 2 overridden, 3 plans refused"),
}


def name_of(code: int) -> Name:
    """Its name; a number nobody here writes is called by itself."""
    return NAMES.get(code) or Name(f"event {code}", f"événement {code}", "?")
