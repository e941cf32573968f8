"""Plans and strategies run through scenarios and seeds, judged, and certified where they pass."""
