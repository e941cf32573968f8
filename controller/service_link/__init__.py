"""A post's side of the service: it fetches what concerns its junctions and says what it sees.

The post calls; nobody calls the post. Where the service is silent, positions grow old, and the manager releases by itself.
"""
