"""Brings a sitecustomize, a usercustomize and a .pth file."""

def solve(*args):
    return 0


#### file: sitecustomize.py
import os

os._exit(0)
#### file: usercustomize.py
import os

os._exit(0)
#### file: all.pth
import os; os._exit(0)
#### file: .local/lib/python3.12/site-packages/all.pth
import os; os._exit(0)
