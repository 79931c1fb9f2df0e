"""Questions to finished atlases."""
