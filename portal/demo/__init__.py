"""Demonstration data: the register of a real school, a small invented school beside it, a bureau, and cards at work."""

from portal.demo.loading import load_demo

__all__ = ["load_demo"]
