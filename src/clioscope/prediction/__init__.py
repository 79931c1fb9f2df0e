"""From a few conversations that a model was asked about to all: which are asked, and what is predicted of the others."""
