"""DynamoDB: one module per aggregate, every write conditional."""
