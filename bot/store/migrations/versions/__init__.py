"""One file a step, ``NNNN_what.py``; the revision is the number, and the highest one is the schema of this code."""
