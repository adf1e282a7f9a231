"""SMS for AI under `/api/v1`: its token words, its two send answers, Laravel's pages and errors."""
