"""Says what differs between two editions of the database, by table and in words: python -m recognition.changes OLD.db NEW.db."""
