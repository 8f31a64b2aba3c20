# The room query/: its sources, unit tests and fuzz targets.
