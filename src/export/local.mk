# The room export/: its sources, unit tests and fuzz targets.
