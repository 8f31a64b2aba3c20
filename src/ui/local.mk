# The room ui/: its sources, unit tests and fuzz targets.
