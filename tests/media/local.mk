# Streams from end to end: see the head of tests/media/run.sh.
script_tests += tests/media/run.sh
EXTRA_DIST += tests/media/figures
