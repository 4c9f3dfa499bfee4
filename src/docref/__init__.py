"""Checks that what documentation refers to exists: files, anchors, commands, tables, columns and names.

Works on any repository, reads files only: nothing of the repository is run or imported.
"""
