"""The main job: a scene in, the repaired scene out, with what was done and how sure it is.

scene > damage > observation > model > reconstruction > checks > files
"""
