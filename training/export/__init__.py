"""Trained weights as the files that others read: graphs, bare weights, GGUF, cards."""
