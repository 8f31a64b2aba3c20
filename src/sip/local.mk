# The room sip/: its sources, unit tests and fuzz targets.
