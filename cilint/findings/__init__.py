"""What a check says: findings with places, related places and fixes. Knows nothing of rules."""
