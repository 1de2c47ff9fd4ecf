"""Proofs of the job of a source."""
