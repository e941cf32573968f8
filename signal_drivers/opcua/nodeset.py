"""The information model as nodes of an asyncua server, and from there as a NodeSet2 file."""

from __future__ import annotations

from pathlib import Path

from asyncua import Node, Server, ua

from signal_drivers.opcua.model import (
    IDENTITY,
    METHODS,
    NAMESPACE,
    OBJECT,
    OBJECT_TYPE,
    VARIABLES,
    Argument,
    Method,
)

NODESET = Path(__file__).with_name("mourour-cabinet.NodeSet2.xml")
ANSWER = Argument("Answer", "UInt16", "What became of it")


async def write_nodeset(path: Path = NODESET) -> None:
    """Write the model as a NodeSet2 file, which ``mourour cabinet`` loads and any other server can."""
    server = Server()
    await server.init()
    index = await server.register_namespace(NAMESPACE)
    kind = await server.nodes.base_object_type.add_object_type(_id(OBJECT_TYPE, index), _name(OBJECT_TYPE, index))
    nodes = [kind, *await _members(kind, OBJECT_TYPE, index)]
    cabinet = await server.nodes.objects.add_object(_id(OBJECT, index), _name(OBJECT, index), objecttype=kind.nodeid,
                                                    instantiate_optional=False)
    # The instance's members get node ids of their own making above; ours replace them.
    for child in await cabinet.get_children():
        await server.delete_nodes([child], recursive=True)
    nodes += [cabinet, *await _members(cabinet, OBJECT, index)]
    await server.export_xml(nodes, str(path), export_values=True)


def _id(name: str, index: int) -> ua.NodeId:
    return ua.NodeId(name, index)


def _name(name: str, index: int) -> ua.QualifiedName:
    return ua.QualifiedName(name, index)


async def _members(parent: Node, prefix: str, index: int) -> list[Node]:
    nodes = []
    for name, kind, meaning in IDENTITY:
        nodes.append(await _variable(parent, prefix, index, name, kind, meaning, array=False))
    for v in VARIABLES:
        meaning = f"{v.meaning}; one for each {v.each}" if v.each else v.meaning
        nodes.append(await _variable(parent, prefix, index, v.name, v.kind, meaning, array=bool(v.each)))
    for method in METHODS:
        nodes.append(await _method(parent, prefix, index, method))
        nodes += await nodes[-1].get_properties()
    return nodes


async def _variable(parent: Node, prefix: str, index: int, name: str, kind: str, meaning: str, *, array: bool) -> Node:
    variant = ua.VariantType[kind]
    first: object = [] if array else "" if kind == "String" else 0.0 if kind == "Float" else 0
    node = await parent.add_variable(_id(f"{prefix}.{name}", index), _name(name, index),
                                     ua.Variant(first, variant, is_array=array))
    await node.write_attribute(ua.AttributeIds.Description, ua.DataValue(ua.Variant(ua.LocalizedText(meaning))))
    if array:
        await node.write_attribute(ua.AttributeIds.ValueRank, ua.DataValue(ua.Variant(1, ua.VariantType.Int32)))
    await node.set_modelling_rule(True)
    return node


async def _method(parent: Node, prefix: str, index: int, method: Method) -> Node:
    node = await parent.add_method(_id(f"{prefix}.{method.name}", index), _name(method.name, index), _unlinked,
                                   [_argument(a) for a in method.arguments], [_argument(ANSWER)])
    await node.write_attribute(ua.AttributeIds.Description, ua.DataValue(ua.Variant(ua.LocalizedText(method.meaning))))
    await node.set_modelling_rule(True)
    return node


def _argument(argument: Argument) -> ua.Argument:
    told = ua.Argument()
    told.Name, told.DataType = argument.name, ua.NodeId(getattr(ua.ObjectIds, argument.kind))
    told.ValueRank = 1 if argument.array else -1
    told.ArrayDimensions = [0] if argument.array else []
    told.Description = ua.LocalizedText(argument.meaning)
    return told


async def _unlinked(parent: ua.NodeId, *values: object) -> None:
    raise NotImplementedError("a server links its own methods")


if __name__ == "__main__":
    import asyncio

    asyncio.run(write_nodeset())
