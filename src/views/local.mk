# The room views/: its sources, unit tests and fuzz targets.
