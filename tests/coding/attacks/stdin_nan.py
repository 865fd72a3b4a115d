"""Prints words that compare as anything."""

print('nan')
