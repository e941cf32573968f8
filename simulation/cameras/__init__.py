"""Cameras that look at a simulated street: rendered images, and control that sees nothing else of what they watch."""
