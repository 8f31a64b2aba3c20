# Live input from end to end: see the head of each script.
script_tests += tests/live/faults.sh tests/live/headless.sh tests/live/run.sh tests/live/soak.sh
