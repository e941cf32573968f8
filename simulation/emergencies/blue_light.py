"""The ambulance in SUMO: a vehicle with the blue-light device, before which drivers form a lane."""

from __future__ import annotations

from pathlib import Path

from controller.streets.laying import BLUE_LIGHT

TYPE_ID = "mourour_ambulance"
PREFIX = "emergency."
"""How the ids of all emergency vehicles of ours begin."""
RED_SPEED_MPS = 2.0


def write_type(file: Path, *, runs_red: bool) -> Path:
    """An additional file with the ambulance's type. SUMO's emergency vehicles stop at red unless told otherwise; with
    ``runs_red`` they cross it at walking pace."""
    red = f'jmDriveAfterRedTime="1000" jmDriveAfterRedSpeed="{RED_SPEED_MPS:g}" ' if runs_red else ""
    file.write_text(
        f'<additional>\n    <vType id="{TYPE_ID}" vClass="emergency" guiShape="emergency" length="6.0" width="2.1" minGap="1.5" '
        f'accel="2.6" decel="4.5" sigma="0" tau="1.0" speedFactor="{BLUE_LIGHT.factor:g}" speedDev="0" '
        f'maxSpeed="{BLUE_LIGHT.top_mps:g}" '
        f'minGapLat="0.3" latAlignment="arbitrary" lcPushy="0.4" lcSpeedGain="3" lcStrategic="2" {red}'
        'emissionClass="HBEFA4/LCV_diesel_N1-III_Euro-5">\n        <param key="has.bluelight.device" value="true"/>\n'
        "    </vType>\n</additional>\n", encoding="utf-8")
    return file
