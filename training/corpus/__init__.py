"""Source text to train on: fetched by package name, checked for its licence, filtered, kept by project."""
