"""The score: facts become points, points become health, coverage and a band."""
