"""The steps from one schema to the next, run by ``peo-aso migrate``.

A step only adds, or deletes rows that no version reads: while replicas are replaced one by one, the older ones work on
the newer schema.
"""
