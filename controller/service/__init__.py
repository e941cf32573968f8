"""The service that dispatchers, operators, engineers and posts talk to: ``mourour serve``.

It commands no cabinet. Posts fetch from it what concerns them and tell it what they see; a service that dies leaves positions
to grow old, and the manager of each post releases what it holds.
"""
