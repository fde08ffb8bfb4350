"""Builds recognition.db from the sources (build), and serves it: what pages share (site), protection (serving)."""
