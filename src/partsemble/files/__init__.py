"""Tables that people bring and take along: products in from CSV and XLSX (PROD-1)."""
