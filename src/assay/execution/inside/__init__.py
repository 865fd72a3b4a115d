"""What short programs are forked from and called by; laid out as `inside` in their sandboxes.

Standard library only. `values` is read on both sides.
"""
