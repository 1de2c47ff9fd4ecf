"""A function that cleans objects: an event in, a clean object out."""
