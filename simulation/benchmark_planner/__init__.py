"""How long a strategy thinks: a synthetic city without SUMO, the real control loop and the real cabinets."""
