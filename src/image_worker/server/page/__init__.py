"""The page on which everything can be tried: plain files, and nothing from elsewhere."""
