"""Geometry that several stages share: unit rows, neighbours, cells, centroids, centring, smoothing."""
