"""Several processes that serve one ledger: a parent that takes the connections, and workers that answer on them."""
