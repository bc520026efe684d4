# Jobledger. `make` alone lists what can be made; anything longer than two commands is a script in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test check lint-openapi format bench dev web generate lock build up stop clean test-containers runtime dev-tools bench-tools browser

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: runtime web ## Serve on http://127.0.0.1:8000, with an embedded PostgreSQL
	@exec .venv/bin/jobledger serve

test: dev-tools browser ## Run every test (make test TESTS=tests/unit for some)
	@scripts/test $(TESTS)

check: dev-tools ## Check format, lint, types, architecture and generated files
	@scripts/check

lint-openapi: ## Hold the OpenAPI document against the recommended rules of Redocly and Spectral
	@scripts/lint-openapi

format: dev-tools ## Format the code, and mend what lint can
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .
	@scripts/web format

bench: bench-tools web ## Measure the service, beside the same calls in Django (make bench JOBS=1000000 WORKERS=2)
	@.venv/bin/python -P benchmarks/serving.py $(if $(JOBS),--jobs $(JOBS)) $(if $(WORKERS),--workers $(WORKERS)) $(FLAGS)

dev: web ## Hot reload of the dashboard, over a service that `make run` serves
	@scripts/web dev

web: ## Build the dashboard, unless it is up to date
	@scripts/web build

generate: dev-tools ## Write the OpenAPI document and the dashboard's types from the code
	@.venv/bin/jobledger openapi -o web/openapi.json
	@scripts/web generate

lock: dev-tools ## Pin requirements/*.in anew (make lock FLAGS=--upgrade for newer ones)
	@scripts/lock $(FLAGS)

build: ## Build the container image
	@scripts/containers build

up: ## Start it in containers: the dashboard on http://localhost:3000, the API on http://localhost:8000
	@scripts/containers up

stop: ## Stop the containers, and keep their ledger
	@scripts/containers stop

clean: ## Delete the containers, their network and their volume with the ledger, after asking
	@scripts/containers clean

test-containers: ## Test the image: the browser tests, and what a crash leaves, in a stack of their own
	@scripts/containers test

runtime:
	@scripts/bootstrap runtime

dev-tools:
	@scripts/bootstrap dev

bench-tools:
	@scripts/bootstrap bench

browser:
	@scripts/browser
