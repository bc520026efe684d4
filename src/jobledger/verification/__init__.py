"""Proving the board against the ledger, by a fold that shares nothing with the projection's SQL."""
