"""One module per operation; each registers itself with `@operation`."""
