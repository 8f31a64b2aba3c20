# What the sandbox holds back, and what works within it.
