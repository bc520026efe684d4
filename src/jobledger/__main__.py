"""`python -m jobledger`: the command line."""

from jobledger.cli import main

if __name__ == "__main__":
    main(prog_name="jobledger")
