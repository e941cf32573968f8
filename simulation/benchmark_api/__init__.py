"""How the service carries positions and listeners: a service of its own over a real socket, a load from another process."""
