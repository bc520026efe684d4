"""The embedded PostgreSQL: its binaries, the life of one server in the data directory, and its caretaker."""
