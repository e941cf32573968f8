"""One set of standard nodes for all OPC UA servers of a process.

A server of its own takes two seconds and 40 MB to build some thousand standard nodes, of which it touches a few dozen. Here the
nodes are built once, and each server copies those it touches.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, MutableMapping
from typing import Any

from asyncua import Server, ua
from asyncua.server.address_space import NodeData
from asyncua.server.internal_server import InternalServer

from signal_drivers.opcua.model import NAMESPACE
from signal_drivers.opcua.nodeset import NODESET

_template: tuple[dict[ua.NodeId, NodeData], int] | None = None


class _Nodes(MutableMapping[ua.NodeId, NodeData]):
    """Nodes of one server, over those all have."""

    def __init__(self, shared: dict[ua.NodeId, NodeData]) -> None:
        self._shared = shared
        self._own: dict[ua.NodeId, NodeData] = {}
        self._gone: set[ua.NodeId] = set()

    def __getitem__(self, key: ua.NodeId) -> NodeData:
        own = self._own.get(key)
        if own is None:
            if key in self._gone:
                raise KeyError(key)
            own = self._own[key] = _copied(self._shared[key])
        return own

    def __setitem__(self, key: ua.NodeId, node: NodeData) -> None:
        self._own[key] = node
        self._gone.discard(key)

    def __delitem__(self, key: ua.NodeId) -> None:
        if key not in self:
            raise KeyError(key)
        self._own.pop(key, None)
        self._gone.add(key)

    def __contains__(self, key: object) -> bool:
        return key in self._own or (key in self._shared and key not in self._gone)

    def __iter__(self) -> Iterator[ua.NodeId]:
        yield from (k for k in self._shared if k not in self._gone)
        yield from (k for k in self._own if k not in self._shared)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _copied(node: NodeData) -> NodeData:
    call, node.call = node.call, None
    try:
        own = copy.deepcopy(node)
    finally:
        node.call = call
    own.call = call
    return own


async def nodes_of_one(server: InternalServer) -> int:
    """Give ``server``, made but not initialised, the standard nodes and the cabinet's; the index of the cabinet's namespace."""
    global _template
    if _template is None:
        first = Server()
        await first.init()
        await first.import_xml(str(NODESET))
        _template = dict(first.iserver.aspace._nodes), await first.get_namespace_index(NAMESPACE)
    shared, index = _template
    nodes: Any = _Nodes(shared)
    server.aspace._nodes = nodes
    await server.history_manager.init()
    if server.bind_condition_methods:
        await server.setup_condition_methods()
    return index
