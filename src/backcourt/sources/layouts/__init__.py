"""Seasons as people have them: exports and archives, recognised by their columns and written as a season's folder.

What is recognised lands as parts, a payload for each layout and season; everything that has landed of a season is then
put together and loaded. Files may therefore come in any order, one at a time, and twice.
"""
