"""Lifelike traffic for a service to show: what would happen to jobs, and telling it to the service over REST."""
