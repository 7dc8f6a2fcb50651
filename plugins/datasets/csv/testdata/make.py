"""Writes frame.csv: a frame with what makes such files hard, as pandas' to_csv spells it."""

import math
import pathlib

import pandas

frame = pandas.DataFrame(
    {
        "width": [0.1, 1e-300, math.nan, 5e-324, 123456789.123456789],
        "a, \"b\"": [-1 / 3, 1.7976931348623157e308, 7.5, -0.0, 2e22],
        "note": ["two\nlines", "", "x", "1", "y;z"],
        "count": [1, 2, 3, 4, 5],
        "species": ['Iris "setosa"', "virginica, white", "virginica, white", "ñandú", 'Iris "setosa"'],
    }
)
frame.to_csv(pathlib.Path(__file__).with_name("frame.csv"), index=False)
print("pandas", pandas.__version__)
