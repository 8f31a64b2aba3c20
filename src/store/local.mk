# The room store/: its sources, unit tests and fuzz targets.
