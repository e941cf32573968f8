"""What a camera tells apart on a road, and the words by which models call it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from detectors.observation import VehicleClass


class RoadUser(StrEnum):
    CAR = "car"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    BUS = "bus"
    TRUCK = "truck"
    TRAM = "tram"
    AMBULANCE = "ambulance"
    TAXI = "taxi"
    PEDESTRIAN = "pedestrian"
    VEHICLE = "vehicle"
    """Something that drives, of a kind that the detector does not tell."""

    @property
    def drives(self) -> bool:
        return self is not RoadUser.PEDESTRIAN


ROAD_USERS: tuple[RoadUser, ...] = tuple(RoadUser)
"""The order in which arrays number them."""
NUMBER: Mapping[RoadUser, int] = {user: i for i, user in enumerate(ROAD_USERS)}

AS_VEHICLE: Mapping[RoadUser, VehicleClass] = {
    RoadUser.CAR: VehicleClass.CAR, RoadUser.MOTORCYCLE: VehicleClass.MOTORCYCLE, RoadUser.BICYCLE: VehicleClass.BICYCLE,
    RoadUser.BUS: VehicleClass.BUS, RoadUser.TRUCK: VehicleClass.TRUCK, RoadUser.TRAM: VehicleClass.TRAM,
    RoadUser.TAXI: VehicleClass.TAXI, RoadUser.VEHICLE: VehicleClass.CAR,
    # Strategies know no ambulances: those ask by dispatch, never by being seen. It takes the road of a small truck.
    RoadUser.AMBULANCE: VehicleClass.TRUCK,
}
"""How controllers call each; people on foot are no vehicles and are not in it."""

WORDS: Mapping[str, RoadUser] = {
    **{user.value: user for user in ROAD_USERS},
    # COCO, Open Images, VisDrone, UA-DETRAC, BDD100K and Intel's crossroad models.
    "person": RoadUser.PEDESTRIAN, "people": RoadUser.PEDESTRIAN, "pedestrians": RoadUser.PEDESTRIAN,
    "motorbike": RoadUser.MOTORCYCLE, "motor": RoadUser.MOTORCYCLE, "scooter": RoadUser.MOTORCYCLE,
    "bike": RoadUser.BICYCLE, "cycle": RoadUser.BICYCLE, "non-vehicle": RoadUser.BICYCLE,
    "van": RoadUser.CAR, "suv": RoadUser.CAR, "pickup": RoadUser.CAR, "minivan": RoadUser.CAR, "auto": RoadUser.CAR,
    "lorry": RoadUser.TRUCK, "coach": RoadUser.BUS, "minibus": RoadUser.BUS, "train": RoadUser.TRAM,
    "streetcar": RoadUser.TRAM, "tramway": RoadUser.TRAM, "others": RoadUser.VEHICLE,
}


def road_user(word: str) -> RoadUser | None:
    """Who a model means by ``word``; None for what is not on a road (a sofa, a rider who is counted with the bicycle)."""
    return WORDS.get(word.strip().lower().replace("_", "-"))
