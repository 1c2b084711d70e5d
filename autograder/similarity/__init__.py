"""Which texts of a class are alike. What is in here compares texts as they are written, and runs none of them.

It shows pairs to people and accuses nobody: where a formula leaves one way to write it, honest texts are alike too.
"""
