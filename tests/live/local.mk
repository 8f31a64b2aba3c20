# Capturing on interfaces: see the head of tests/live/run.sh.
script_tests += tests/live/run.sh
