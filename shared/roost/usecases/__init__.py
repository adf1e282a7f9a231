"""The verbs: decide in the domain, then store or send. They know nothing of HTTP or of any dialect."""
