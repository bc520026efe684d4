"""Lifelike traffic for a running service, so that there is something to see."""

import asyncio
import math
import time
from contextlib import suppress
from random import Random
from typing import Final

import click

from jobledger.cli.running import read_settings, until_told_to_stop
from jobledger.demo.sending import Sender, ServiceMissingError
from jobledger.demo.show import show
from jobledger.progress import progress

FOREVER: Final = "forever"


class Duration(click.ParamType[float | None]):
    """Seconds, or for ever."""

    name = "SECONDS|forever"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if value is None or value == FOREVER:
            return None
        try:
            seconds = float(str(value))
        except ValueError:
            seconds = math.nan
        if not (math.isfinite(seconds) and seconds > 0):
            self.fail(f"{value!r} is neither a number of seconds nor “{FOREVER}”.", param, ctx)
        return seconds


@click.command()
@click.option("--url", help="Where the service is. [default: by JOBLEDGER_HOST and JOBLEDGER_PORT, as `serve`]")
@click.option(
    "--rate", type=click.FloatRange(0, 1000, min_open=True), default=0.5, show_default=True, help="New jobs a second."
)
@click.option("--for", "seconds", type=Duration(), default=FOREVER, show_default=True, help="How long to go on.")
@click.option(
    "--backlog",
    type=click.IntRange(0, 10_000),
    default=150,
    show_default=True,
    help="Jobs of the last hours to begin with.",
)
@click.option("--seed", type=int, help="Makes the same jobs as another run with this seed, but for their names' ends.")
def demo(url: str | None, rate: float, seconds: float | None, backlog: int, seed: int | None) -> None:
    """Report lifelike traffic to a running service over its REST API, until Ctrl-C.

    Simulations, trainings, nightly scripts, pipelines and renderings wait, run, report their progress, fail with
    messages and are tried again; a few reports come late, a few jobs are deleted. It begins with some hours of past.
    The jobs stay on the board; their labels and the end of their names tell which run made them.
    """
    url = url or read_settings().address
    if url is None:
        message = "with JOBLEDGER_PORT=0 nobody can know the service's port: give its --url"
        raise click.UsageError(message)
    if not url.startswith(("http://", "https://")):
        message = "an address begins with http:// or https://"
        raise click.BadParameter(message, param_hint="--url")
    try:
        random = Random(seed)  # noqa: S311 - for variety, not for secrets
        asyncio.run(until_told_to_stop(_demo(url, rate, seconds, backlog, random)))
    except ServiceMissingError as error:
        raise click.ClickException(str(error)) from None
    except (KeyboardInterrupt, asyncio.CancelledError):  # Ctrl-C or SIGTERM
        pass


async def _demo(url: str, rate: float, seconds: float | None, backlog: int, random: Random) -> None:
    sender = Sender(url.rstrip("/"))
    run = f"{int(time.time() * 10):x}"[-6:]
    try:
        await sender.check()
        try:
            with progress("Reporting", "requests") as shown, suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await show(sender, random, run, backlog, rate, shown)
        finally:
            click.echo(f"{sender.sent:,} requests taken, {sender.refused:,} jobs given up because one was refused.")
    finally:
        await sender.close()
