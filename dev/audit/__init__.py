"""What is deployed of other people: vulnerabilities, licences, a bill of materials; and secrets in our own files."""
