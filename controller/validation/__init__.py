"""What has passed simulation, and how that is proved: criteria, figures, signed certificates, and what a post asks of them.

Running simulations is not done here (``simulation.validation``): a post only reads what was signed.
"""
