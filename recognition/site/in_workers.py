"""What the processes for visitors' SQL take from the site, see recognition/serving/worker.py. It imports little."""

from __future__ import annotations

from .cells import rows_as_markup
from .sql_functions import add_functions as prepare_connection

__all__ = ["prepare_connection", "rows_as_markup"]
