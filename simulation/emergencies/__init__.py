"""Ambulances in a simulated run: who drives where, what pre-emption is told of them, and what it was worth."""
