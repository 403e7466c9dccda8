"""The worker over HTTP."""
