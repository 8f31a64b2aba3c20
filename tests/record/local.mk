# What is captured, written as it comes: see the head of tests/record/run.sh.
script_tests += tests/record/run.sh
