"""Writes small images with Pillow, and beside each NAME its pixels as Pillow reads them back: NAME.raw, height × width × channels bytes."""

import pathlib

import numpy
import PIL
from PIL import Image, features

here = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 9, 12
y, x = numpy.mgrid[:HEIGHT, :WIDTH]
colour = numpy.stack([20 * x, 25 * y, 255 - 10 * (x + y)], axis=-1).astype("u1")
grey = ((7 * x * y + 3 * x) % 256).astype("u1")
rgb, luma = Image.fromarray(colour), Image.fromarray(grey)


def keep(name, image, mode, **options):
    image.save(here / name, **options)
    (here / f"{name}.raw").write_bytes(Image.open(here / name).convert(mode).tobytes())


keep("rgb.png", rgb, "RGB")
keep("grey.png", luma, "L")
keep("palette.png", rgb.quantize(16), "RGB")
keep("alpha.png", Image.fromarray(numpy.dstack([colour, grey])), "RGB")
keep("bits.png", luma.point(lambda v: 255 * (v > 99)).convert("1"), "L")
keep("rgb.jpg", rgb, "RGB", quality=90)
keep("progressive.jpg", rgb, "RGB", quality=70, progressive=True, optimize=True)
keep("grey.jpg", luma, "L", quality=80)
rgb.convert("CMYK").save(here / "cmyk.jpg")
Image.fromarray(grey.astype("u2") * 257).save(here / "deep.png")  # 16 bits; to 8 they are those of grey.png
(here / "rgb-to-grey.raw").write_bytes(rgb.convert("L").tobytes())
for filter, name in [(Image.Resampling.BOX, "area"), (Image.Resampling.BILINEAR, "bilinear")]:
    for width, height in [(5, 4), (12, 3), (17, 20)]:
        (here / f"{name}-{height}x{width}.raw").write_bytes(rgb.resize((width, height), filter).tobytes())
print("Pillow", PIL.__version__, "numpy", numpy.__version__, "libjpeg-turbo", features.version("libjpeg_turbo"))
