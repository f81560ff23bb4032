"""Packages to training rows: sources, filters, tokenizer, the prompt's layout, task samples."""
