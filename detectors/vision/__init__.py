"""Who is in an image. ultralytics greets whoever imports it for the first time on a machine, on standard output, where
``mourour count --json`` has one object and nothing else: it is asked to be silent before any part of it is imported."""

import os

os.environ.setdefault("YOLO_VERBOSE", "false")
