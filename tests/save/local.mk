# What is saved is what was there: see the head of tests/save/run.sh.
script_tests += tests/save/run.sh
