"""What people read: the sentences and names that screens, commands and the API share."""
