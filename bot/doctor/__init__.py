"""``peo-aso doctor``: everything that can keep an installation from answering."""
