"""Names of streams and publishing to them. The packages below deliver what is published; start with `streams`."""
