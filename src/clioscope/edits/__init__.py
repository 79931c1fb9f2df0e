"""The analyst's layer: operations on the groups of an atlas, the file that holds them, and their replay."""
