"""``mourour benchmark cabinets``: a post and its cabinets on real sockets, calm, troubled, killed and cut off."""
