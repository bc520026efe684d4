"""The service's side of each HTTP connection: what it takes, how much of it, and for how long."""
