"""Every strategy on every scenario with every seed: what is run, what is kept, and how it is told."""
