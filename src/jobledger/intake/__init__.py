"""Bringing in what happened elsewhere: files of workload logs and of reports, line by line, into the ledger."""
