"""Marks and feedback for the tools that a course already uses, one module per tool."""
