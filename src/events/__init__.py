"""The vocabulary and the ledger: what can happen to a job, and the append-only record of what did."""
