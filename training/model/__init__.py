"""The Llama, and what trains it, teaches drafts from it and measures both."""
