# The room app/: its sources, unit tests and fuzz targets.
