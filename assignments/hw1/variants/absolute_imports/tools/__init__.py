"""Helpers of the whole package."""

from hw1_classification.tools.shapes import non_negative, rows_and_columns

__all__ = ["non_negative", "rows_and_columns"]
