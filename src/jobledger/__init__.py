"""The process: settings, database, embedded Postgres, wiring, command line."""
