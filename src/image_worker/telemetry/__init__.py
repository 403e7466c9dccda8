"""What is told of jobs while and after they are done: lines in a log, counts, states.

All of it comes from what jobs answer; nothing on the way of a picture knows of it.
"""
