"""What a command needs beyond the base install, said in one line where it is missing."""

from __future__ import annotations

from importlib.util import find_spec

from signal_drivers.errors import BadInput

PROBES = {
    "field": ("pymodbus", "asyncua", "cryptography"),
    "serve": ("fastapi", "uvicorn", "prometheus_client", "nicegui", "sqlalchemy", "argon2", "jwt", "python_multipart",
              "httpx"),
    "archive": ("pyarrow", "duckdb"),
    "sign": ("cryptography",),
    "learned": ("onnxruntime",),
    "rl": ("stable_baselines3", "sb3_contrib", "gymnasium", "pettingzoo", "onnx", "onnxscript", "onnxruntime",
           "tensorboard"),
    "ray": ("ray",),
    "video": ("cv2", "ultralytics", "lap"),
}
"""Of each optional part of the install, modules that come with it."""
PARTS = {"sign": "field"}
"""What is asked for by another name than that of the part it comes with."""


def need(*extras: str) -> None:
    """Raise :class:`BadInput` unless the parts are installed."""
    missing = [PARTS.get(e, e) for e in extras if any(find_spec(module) is None for module in PROBES[e])]
    if missing:
        raise BadInput(f"this needs {' and '.join(missing)}, which the base install leaves out", where="mourour",
                       mend=f"pip install 'mourour[{','.join(missing)}]', or make test in the source")
