"""An imported model that goes on learning to fill in the middle."""
