"""smsdora: `POST /messages/send` with its own success and error shapes."""
