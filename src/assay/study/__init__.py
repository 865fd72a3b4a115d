"""Studies: a file, the graph of steps that it stands for, engines that run it, its results."""
