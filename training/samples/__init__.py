"""From corpus files to training samples: what is cut out, what context it gets, how it becomes tokens."""
