"""What each filter does, one file a filter."""
