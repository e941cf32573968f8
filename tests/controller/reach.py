"""How much a strategy holds on to: the number of objects that can be reached from it."""

from __future__ import annotations

import gc
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

_NOT_ITS_OWN = (ModuleType, type, FunctionType, BuiltinFunctionType, MethodType)


def reachable(root: Any) -> int:
    """Objects that ``root`` keeps alive, itself included; code, classes and modules are nobody's. What a number or a text
    costs is not counted, only that it is held."""
    seen: dict[int, Any] = {}
    todo = [root]
    while todo:
        found = todo.pop()
        if id(found) in seen or isinstance(found, _NOT_ITS_OWN):
            continue
        seen[id(found)] = found
        todo += gc.get_referents(found)
    # Arrays hold their values in themselves.
    return len(seen) + sum(int(getattr(found, "size", 0)) for found in seen.values() if type(found).__name__ == "ndarray")
