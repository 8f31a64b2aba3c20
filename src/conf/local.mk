# The room conf/: its sources, unit tests and fuzz targets.
