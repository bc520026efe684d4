"""What comes in in bulk: numbered lines, what each asks of the ledger, and the loop that feeds them in."""
