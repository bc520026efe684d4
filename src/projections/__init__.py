"""The read models: what the ledger says, arranged for the questions that people ask."""
