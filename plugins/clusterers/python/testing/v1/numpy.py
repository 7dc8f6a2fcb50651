"""Hides numpy, were it not loaded."""
