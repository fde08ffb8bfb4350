"""Makes a bundle of a built database: the file, every published table as CSV, Parquet and a sheet, and what they mean.

`python -m recognition.bundle` is a step of its own, with packages of its own (requirements-bundle.txt): neither the build
nor the site needs it.
"""
