"""The command `jobledger`: what an operator does with a ledger."""

import sys
from importlib import import_module
from typing import Final

import click

from jobledger.version import VERSION

# Each command is imported only when it is asked for, so that `--help` and a typing mistake answer at once.
COMMANDS: Final = {
    "serve": "jobledger.cli.serve:serve",
    "migrate": "jobledger.cli.migrate:migrate",
    "import": "jobledger.cli.importing:import_",
    "export": "jobledger.cli.exporting:export",
    "accept-clock": "jobledger.cli.accept_clock:accept_clock",
    "rebuild": "jobledger.cli.rebuild:rebuild",
    "verify": "jobledger.cli.verify:verify",
    "demo": "jobledger.cli.demo:demo",
    "openapi": "jobledger.cli.openapi:openapi",
}


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        try:
            command: click.Command = getattr(import_module(module), name)
        except KeyboardInterrupt:  # importing takes a while
            sys.exit(130)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="jobledger")
def main() -> None:
    """Record what happens to computational jobs, and show it.

    \b
      jobledger serve                      the service with its dashboard, on http://127.0.0.1:8000
      jobledger import cluster.swf         take over a cluster's log
      jobledger demo                       lifelike traffic to a running service
      jobledger verify                     prove the board against the ledger

    Without DATABASE_URL the ledger is kept by an embedded PostgreSQL in the data directory; with it, by that server.

    \b
    Settings, all from the environment:
      DATABASE_URL              postgresql://user:password@host:5432/database
      JOBLEDGER_DIRECT_URL      the same database past a pooler, for migrate, rebuild and verify
      JOBLEDGER_HOST            the address to listen on (127.0.0.1)
      JOBLEDGER_PORT            the port to listen on (8000; 0 takes any that is free)
      JOBLEDGER_WORKERS         processes that serve (1)
      JOBLEDGER_POOL            connections that each of them reads by, at most (8)
      JOBLEDGER_DATA_DIR        where the embedded PostgreSQL keeps its data
      JOBLEDGER_SCHEMA          the schema that holds the ledger (jobledger)
      JOBLEDGER_LIFECYCLE       open: any status may follow any other; strict: only along the arrows
      JOBLEDGER_MAX_CLOCK_LEAD  seconds by which a clock may be ahead before nothing more is recorded (600)
      JOBLEDGER_ALLOWED_HOSTS   further host names the service goes by, separated by commas
      JOBLEDGER_MAX_…           what callers may send, and
      JOBLEDGER_TIMEOUT_…       how long they may take: docs/operations.md has them all

    Exit status: 0 when it worked, 1 when it did not (or verify found a difference), 2 for wrong usage.
    """  # noqa: D301 - click reads the backspace as "keep these lines as they are"
