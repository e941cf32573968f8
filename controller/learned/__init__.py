"""A learnt policy: what it sees, its file, and how it is asked. ``simulation.learning`` makes it; PyTorch is not needed here."""
