# What is saved is what was there, and what goes wrong: see the head of each.
script_tests += tests/save/run.sh tests/save/each.sh tests/save/faults.sh
