"""What the book is worth and how that moves: cohorts, renewals, the forecast of retention, room to sell, and the sentences over them."""
