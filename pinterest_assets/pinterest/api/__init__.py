"""How Pinterest is asked: errors, tokens, rate budget, retries, pages. What is asked is elsewhere."""
