# The room decode/: its sources, unit tests and fuzz targets.
