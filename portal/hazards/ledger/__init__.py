"""The ledger: the cards of a board as a table, and as the workbook of the monthly form (R58, R118)."""
