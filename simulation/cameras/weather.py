"""What light and weather do to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weather(StrEnum):
    DAY = "day"
    NIGHT = "night"
    RAIN = "rain"


Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """``ambient`` and ``sun`` are shares of a surface's own colour; ``shadow`` what is left of the road's light in a shadow;
    ``haze`` the share of a surface's colour lost to ``haze_colour`` at 100 m. ``grain`` is the standard deviation of the
    sensor's noise, 0 to 255; ``blur_px`` of its lens; ``shake_px`` how far wind moves the mast's picture; ``drift`` the share
    by which the exposure wanders."""

    sky: tuple[Colour, Colour]
    ambient: float
    sun: float
    shadow: float
    haze: float
    haze_colour: Colour
    ground: Colour
    """By which the ground's own colours are multiplied, blue, green, red."""
    grain: float
    blur_px: float
    shake_px: float
    drift: float
    lamps: bool
    drops: int = 0
    """Streaks of rain in an image."""


LIGHTS: dict[Weather, Light] = {
    Weather.DAY: Light(sky=((214, 178, 130), (232, 222, 205)), ambient=0.55, sun=0.5, shadow=0.55, haze=0.13,
                       haze_colour=(215, 208, 198), ground=(1.0, 1.0, 1.0), grain=3.0, blur_px=0.6, shake_px=0.5, drift=0.015,
                       lamps=False),
    Weather.RAIN: Light(sky=((150, 146, 140), (172, 168, 162)), ambient=0.62, sun=0.06, shadow=0.72, haze=0.38,
                        haze_colour=(160, 157, 152), ground=(0.72, 0.70, 0.68), grain=5.0, blur_px=0.9, shake_px=0.9, drift=0.025,
                        lamps=True, drops=240),
    Weather.NIGHT: Light(sky=((34, 22, 16), (52, 40, 34)), ambient=0.26, sun=0.08, shadow=0.9, haze=0.08,
                         haze_colour=(40, 34, 32), ground=(0.27, 0.29, 0.33), grain=6.0, blur_px=0.8, shake_px=0.5, drift=0.02,
                         lamps=True),
}
