"""From corpus files to training samples: where a middle is cut out, what context it gets, how it becomes tokens."""
