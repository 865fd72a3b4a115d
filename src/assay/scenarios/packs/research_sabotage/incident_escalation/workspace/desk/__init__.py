"""What the desk's commands share: the feed of a shift, the desk clock, the tickets."""
