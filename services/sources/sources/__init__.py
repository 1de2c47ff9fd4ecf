"""Lands what a source has in the lake, each batch once."""
