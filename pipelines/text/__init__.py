"""Literature: a causal language model that goes on from a page."""
