"""A child goes on printing when the program has ended."""

import os
import time

print('0', flush=True)
if os.fork() == 0:
    time.sleep(0.1)
    print('3')
