# rung as collector and agent: see the head of tests/hep/run.sh.
script_tests += tests/hep/run.sh
