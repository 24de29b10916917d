"""Samples -> findings: pure functions without I/O."""
