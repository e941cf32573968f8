"""Incidents made on purpose in SUMO, watched by a camera that is not there, and what of them is told."""
