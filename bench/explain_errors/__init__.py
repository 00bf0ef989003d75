"""Is the cause of an error in the first piece of evidence, and does a fix repair it?"""
