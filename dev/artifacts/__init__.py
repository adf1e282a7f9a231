"""What `make build` does after `sam build`: bytecode, and the proof that each function works with its own layers."""
