"""Writes down what an edition is when it is published: python -m recognition.editions, or make edition."""
