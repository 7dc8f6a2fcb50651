"""Writes Vega, Vega-Lite and Vega-Embed as one program: vega_bundle.py FILE"""

import os
import sys

import vl_convert

target = sys.argv[1]
with open(target + ".partial", "w", encoding="utf-8") as file:
    file.write("/* Vega, Vega-Lite, Vega-Embed and what they are made of: see vega-licences.txt */\n")
    file.write(vl_convert.javascript_bundle())
os.replace(target + ".partial", target)
