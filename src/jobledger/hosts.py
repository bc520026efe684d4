"""The servers that an address names, when it names several: which of them is asked first."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def next_first(url: str) -> str:
    """The same address with its first server last: one that is silent would else be all that is ever asked."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    query = [
        (name, _turned(value) if name in ("host", "port") else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(netloc=f"{user}{at}{_turned(hosts)}", query=urlencode(query)))


def _turned(several: str) -> str:
    first, comma, others = several.partition(",")
    return f"{others}{comma}{first}"
