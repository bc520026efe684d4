"""The same calls as an ordinary Django REST Framework service: what the ledger is measured beside.

A current-state model: a table of jobs, a table of their statuses, and a transaction that writes both.
"""
