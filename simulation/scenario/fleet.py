"""Vehicle types of Casablanca's traffic for SUMO's sublane model.

Sizes and manners are assumptions, kept in one place: a petit taxi is a small car whose driver takes gaps others leave;
a motorcycle keeps to no lane and filters between those who do. Emission classes are HBEFA 4's.
"""

from __future__ import annotations

from simulation.scenario.model import FleetFacts

_DRIVER = 'sigma="0.4" tau="1.1" speedFactor="normc(0.95,0.1,0.7,1.2)" minGapLat="0.5" latAlignment="center"'

CAR = ('<vType id="{id}" vClass="passenger" length="4.4" width="1.8" minGap="2" accel="2.6" decel="4.5" '
       f'{_DRIVER} lcCooperative="0.8" emissionClass="HBEFA4/{{emission}}" {{share}}/>')
TAXI = ('<vType id="taxi" vClass="taxi" length="4.0" width="1.7" minGap="1.5" accel="2.6" decel="4.5" color="1,0.2,0.1" '
        'sigma="0.5" tau="1.0" speedFactor="normc(1.0,0.1,0.75,1.3)" minGapLat="0.4" latAlignment="center" '
        'lcSpeedGain="1.5" lcCooperative="0.5" emissionClass="HBEFA4/PC_diesel_Euro-4" {share}/>')
# "arbitrary" alignment let motorcycles stop half outside a junction's inner lanes, where SUMO then held them for ever.
MOTORCYCLE = ('<vType id="motorcycle" vClass="motorcycle" length="2.1" width="0.8" minGap="1" accel="3.0" decel="5" '
              'color="1,0.8,0" sigma="0.5" tau="1.0" speedFactor="normc(1.0,0.15,0.7,1.4)" minGapLat="0.2" '
              'latAlignment="compact" maxSpeedLat="1.2" lcPushy="0.6" lcSpeedGain="2" lcMaxSpeedLatStanding="0.5" '
              'emissionClass="HBEFA4/MC_4S_le250cc_Euro-3" {share}/>')
TRUCK = ('<vType id="truck" vClass="truck" length="7.5" width="2.3" minGap="2.5" accel="1.3" decel="4" sigma="0.4" '
         'tau="1.3" speedFactor="normc(0.85,0.05,0.7,1)" minGapLat="0.5" latAlignment="center" '
         'emissionClass="HBEFA4/RT_le7.5t_Euro-IV_EGR" {share}/>')
BUS = ('<vType id="bus" vClass="bus" length="12" width="2.5" minGap="2.5" accel="1.2" decel="4" sigma="0.4" tau="1.2" '
       'speedFactor="0.9" minGapLat="0.4" latAlignment="center" color="0.1,0.3,0.9" '
       'emissionClass="HBEFA4/UBus_Std_gt15-18t_Euro-IV_EGR"/>')
# Two coupled sets of about 32 m each run on the Casablanca lines.
TRAM = ('<vType id="tram" vClass="tram" length="65" width="2.65" minGap="3" accel="1.0" decel="2.5" emergencyDecel="4" '
        'sigma="0" maxSpeed="16.7" speedFactor="0.9" latAlignment="center" color="0.8,0,0.1" emissionClass="Zero"/>')
PEDESTRIAN = ('<vType id="pedestrian" vClass="pedestrian" speedFactor="normc(0.95,0.1,0.75,1.3)" maxSpeed="1.39" '
              'jmDriveAfterRedTime="-1"/>')

MIXED = "mixed"


def vehicle_types(fleet: FleetFacts) -> list[str]:
    """SUMO elements: the distribution ``mixed`` by the fleet's shares, then bus, tram and pedestrian."""

    def share(value: float) -> str:
        return f'probability="{value:.4f}"'

    members = [
        CAR.format(id="car_petrol", emission="PC_petrol_Euro-4", share=share(fleet.car / 2)),
        CAR.format(id="car_diesel", emission="PC_diesel_Euro-4", share=share(fleet.car / 2)),
        TAXI.format(share=share(fleet.taxi)),
        MOTORCYCLE.format(share=share(fleet.motorcycle)),
        TRUCK.format(share=share(fleet.truck)),
    ]
    return [f'<vTypeDistribution id="{MIXED}">', *("    " + m for m in members), "</vTypeDistribution>",
            BUS, TRAM, PEDESTRIAN]
