"""Starts one of the programs with the settings of the application."""

import importlib
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "partsemble.config.settings"
django.setup()
importlib.import_module(f"tests.simulation.programs.{sys.argv[1]}").main(*sys.argv[2:])
