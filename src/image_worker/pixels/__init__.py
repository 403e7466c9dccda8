"""What operations have in common: resampling, drawing, mixing, curves."""
