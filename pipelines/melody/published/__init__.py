"""Composers that others have published, each with its own vocabulary."""
