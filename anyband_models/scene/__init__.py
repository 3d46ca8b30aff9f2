"""A scene: an image with its bands, and everything needed to write it back as it was.

Values in memory are physical (reflectance, unless the file says otherwise) and NaN where there
are no data. The file's own numbers are kept beside them, so that what was measured can leave
the program bit for bit as it came.
"""
