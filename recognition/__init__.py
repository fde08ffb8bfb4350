"""The library behind build_db.py: one module a step, from the article's lines to recognition.db."""
