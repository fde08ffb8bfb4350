"""What the pages share: one way to ask the database, one way to answer."""

import recognition.serving  # noqa: F401  refuses a Datasette that the site does not know
