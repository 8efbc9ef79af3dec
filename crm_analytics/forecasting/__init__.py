"""Forecasts without Odoo: plain functions over numbers, run in a process of their own (`python -m forecasting`).

Nothing here may be imported by the models of the addon: numpy would count against the memory limit of every worker.
"""
