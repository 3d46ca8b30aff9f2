"""One static HTML file that shows a repair: before and after, where, how sure, pixel by pixel.

The page carries its own style, script, pictures and a thinned copy of the cube. It asks nothing
of a network or a server, and stays below `page.LIMIT` whatever the size of the scene.
"""
