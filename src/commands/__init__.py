"""What a caller may ask for, and the decision: pure functions over what the ledger says."""
