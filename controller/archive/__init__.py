"""The high-resolution event log: what happened at every junction, in the enumerations that traffic engineers' tools read."""
