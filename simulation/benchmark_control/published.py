"""Published figures of the benchmark's nets, to stand beside ours.

Source: J. Ault, G. Sharon, Reinforcement Learning Benchmarks for Traffic Signal Control (RESCO), NeurIPS 2021 Datasets and
Benchmarks. Delay in s per vehicle by RESCO's rule, best episode of a policy trained on each net itself, on an older SUMO, with
10 s between decisions. They were not run here, and most figures do not carry over between versions of SUMO.
"""

from __future__ import annotations

from collections.abc import Mapping

SOURCE = "Ault and Sharon, RESCO, NeurIPS 2021 Datasets and Benchmarks: best episodes, older SUMO, 10 s between decisions"
POLICIES = ("IDQN", "IPPO", "MPLight", "FMA2C")
DELAY_S: Mapping[str, Mapping[str, float]] = {
    "cologne1": dict(zip(POLICIES, (26.1, 43.2, 28.7, 30.8), strict=True)),
    "cologne3": dict(zip(POLICIES, (24.0, 24.0, 83.6, 26.9), strict=True)),
    "ingolstadt7": dict(zip(POLICIES, (31.2, 31.7, 48.2, 51.4), strict=True)),
}
