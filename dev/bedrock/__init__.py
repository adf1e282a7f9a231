"""Stands in for Amazon Bedrock on this machine."""
