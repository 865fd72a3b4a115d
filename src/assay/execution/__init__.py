"""Isolation, and nothing else: running what nobody trusts.

`policy` says what untrusted code may do; `bubblewrap` is Inspect's sandbox environment on it;
`toolchain` builds the read-only machine that is laid out inside; `calls` calls one function with
one input at a time; `probe` says what this host can do. See docs/isolation.md.
"""
