"""Responsibility letters, their signatures and the keys behind them."""
