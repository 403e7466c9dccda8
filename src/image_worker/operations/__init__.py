"""What can be done to a picture, one file an operation."""
