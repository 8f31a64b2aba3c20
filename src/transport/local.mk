# The room transport/: its sources, unit tests and fuzz targets.
