"""Verse forms that hold while a language model writes."""
