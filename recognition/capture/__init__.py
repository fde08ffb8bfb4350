"""Holds a new capture of the article against the present sources, and says which rows of which register must change."""
