"""HTTP: routes, wire structs, problem documents, static files."""
