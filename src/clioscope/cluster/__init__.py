"""Questions, vectors and reading on many machines, by Ray Data (docs/ray.md)."""
