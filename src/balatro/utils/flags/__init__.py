"""Flags of commands from frozen records: chosen from tables, read from their source, shown in the help."""
