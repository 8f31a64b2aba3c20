# Real TLS peers, relayed into captures: see the head of tests/tls/run.sh.
check_PROGRAMS += tests/tls/relay
tests_tls_relay_SOURCES = tests/tls/relay.c
tests_tls_relay_LDADD =
script_tests += tests/tls/run.sh
