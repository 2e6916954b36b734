"""Melody: a vocabulary of our own for music, the grammar that keeps it valid, and the pipeline that composes."""
