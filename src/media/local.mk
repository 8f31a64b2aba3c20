# The room media/: its sources, unit tests and fuzz targets.
