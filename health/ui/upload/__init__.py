"""The upload screen."""
