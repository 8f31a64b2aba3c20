# The room capture/: its sources, unit tests and fuzz targets.
