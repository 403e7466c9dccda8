"""Where results go, one file a kind of place."""
