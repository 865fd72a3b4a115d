"""What short programs are forked from and called by; laid out as `inside` in their sandboxes.

`zygote`, `isolation` and `program` run any program. `call`, `replay` and `suite` are the halves of
`coding`'s graders that must lie where the programs run: they make calls and carry values, hold no
expected value of a submission's sandbox, and decide nothing. Standard library only; `values` is
read on both sides.
"""
