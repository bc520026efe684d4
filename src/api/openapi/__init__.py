"""The OpenAPI document: what it says of each operation, how it is completed, and the page that shows it."""
