"""Users, businesses, and what each person may do there (BIZ-1, BIZ-2)."""
