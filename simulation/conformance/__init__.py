"""Conformance of a control unit, emulated or real: what it must do, tried over the wire and judged by its signal heads."""
