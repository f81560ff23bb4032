"""A draft that reads what its target has computed."""
