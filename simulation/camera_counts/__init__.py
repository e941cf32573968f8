"""Painted street traffic seen from several places, and how well it is counted at a line."""
