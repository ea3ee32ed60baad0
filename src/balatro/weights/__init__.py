"""The small networks that come with the package, as files; README.md says how they were made."""
