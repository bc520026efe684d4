# The container image: the service with its dashboard, and the command `jobledger`, for a PostgreSQL elsewhere.
# The last stage is the image; those before it leave behind only what it copies out of them. What they install is pinned
# by hash in web/package-lock.json and requirements/. The service is a stranger to the checkout's owner, who may keep
# strangers out (umask 077): hence the chmods.

# The dashboard. Its files are the same on every platform, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS dashboard
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund --loglevel=error
COPY web/ ./
RUN npm run build && chmod -R a+rX dist

FROM python:3.13-slim-trixie AS python
WORKDIR /opt/jobledger

# The environment and the command in it, made as in a checkout. Nothing is installed later, so pip stays behind.
FROM python AS wheels
COPY scripts/bootstrap scripts/
COPY requirements/service.txt requirements/
RUN --mount=type=cache,target=/root/.cache/pip \
    sh scripts/bootstrap service && .venv/bin/python -m pip uninstall --quiet --yes --root-user-action=ignore pip

# The code, compiled here, because nothing can be written where it runs.
FROM python AS code
COPY LICENSE ./
COPY migrations/ migrations/
COPY src/ src/
RUN python -m compileall -q --invalidation-mode unchecked-hash migrations src && chmod -R a+rX .

# The browser tests that need only the address of a running service. Root, because a container has no sandbox for
# Chromium to put itself into, and as root the tests do without it.
FROM python AS e2e
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends chromium fonts-liberation \
 && rm -rf /var/lib/apt/lists/*
COPY scripts/bootstrap scripts/
COPY requirements/ requirements/
RUN --mount=type=cache,target=/root/.cache/pip sh scripts/bootstrap dev
COPY pyproject.toml ./
COPY src/ src/
COPY tests/ tests/
ENV PATH=/opt/jobledger/.venv/bin:$PATH PYTHONPATH=/opt/jobledger/src:/opt/jobledger/tests
CMD ["python", "-P", "-m", "pytest", "tests/e2e", "-m", "address_only"]

FROM python
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin jobledger
# What changes least comes first: a change of the code makes only the last layer anew.
COPY --from=wheels /opt/jobledger/.venv .venv
COPY --from=dashboard /web/dist web/dist
COPY --from=code /opt/jobledger .
ENV PATH=/opt/jobledger/.venv/bin:$PATH
USER jobledger
EXPOSE 8000
# Not by urllib, which would ask a proxy that Docker may have been told to hand to every container.
HEALTHCHECK --interval=10s --timeout=6s --retries=3 --start-period=1m --start-interval=1s CMD ["python", "-c", \
    "import http.client; service = http.client.HTTPConnection('127.0.0.1', 8000, timeout=5); service.request('GET', '/health/ready/'); exit(service.getresponse().status != 200)"]
ENTRYPOINT ["jobledger"]
CMD ["serve"]
# The release, as src/jobledger/version.py has it.
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Jobledger" \
      org.opencontainers.image.description="Records what happens to computational jobs, and shows it" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION"
