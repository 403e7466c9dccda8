"""What can be measured of a picture, one file a measurement."""
