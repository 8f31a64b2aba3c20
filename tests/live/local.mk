# Live input from end to end: see the head of each script. faults.sh takes minutes, and is
# run by hand.
script_tests += tests/live/headless.sh tests/live/run.sh tests/live/soak.sh
EXTRA_DIST += tests/live/faults.sh
