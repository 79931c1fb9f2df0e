"""From a few conversations that a model is asked about to all: which are asked, and what the others would say."""
