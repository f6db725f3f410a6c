"""Files of pictures, harmless and hostile, made anew for each test."""

import io
import random
import struct
import zlib

from PIL import Image, PngImagePlugin


def picture(size=(60, 40), colour=(200, 30, 30), mode="RGB", form="PNG", **options) -> bytes:
    """Returns a file with a picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, form, **options)
    return out.getvalue()


def noise(size, form="JPEG", mode="RGB", **options) -> bytes:
    """Returns a file that compresses badly."""
    width, height = size
    bands = len(Image.new(mode, (1, 1)).getbands())
    image = Image.frombytes(mode, size, random.Random(7).randbytes(width * height * bands))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, data=b"", depth=8, colour=2, extra=b"") -> bytes:
    """Returns a PNG with a header that claims anything."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """Returns zlib's form of so many zeros, a thousandth of their size, in bounded memory."""
    packer, out = zlib.compressobj(1), []
    block = bytes(1 << 20)
    for _ in range(count >> 20):
        out.append(packer.compress(block))
    return b"".join([*out, packer.flush()])


def exif(orientation=1) -> bytes:
    """Returns metadata with a camera, a place and an orientation."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = "Secret Camera"
    found.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return found.tobytes()


def corners(orientation=1) -> bytes:
    """Returns a JPEG whose upper left corner is red once it is turned as its metadata says."""
    upright = Image.new("RGB", (64, 48), (255, 255, 255))
    upright.paste((255, 0, 0), (0, 0, 16, 16))
    undo = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }  # fmt: skip
    for method in undo.get(orientation, []):
        upright = upright.transpose(method)
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=95, exif=exif(orientation))
    return out.getvalue()


def animated(form, count=3, size=(50, 50), colours=("red", "lime", "blue"), **options) -> bytes:
    """Returns a file with frames of one colour each."""
    frames = [Image.new("RGB", size, colours[number % len(colours)]) for number in range(count)]
    out = io.BytesIO()
    options = {"duration": 50} | options
    frames[0].save(out, form, save_all=True, append_images=frames[1:], **options)
    return out.getvalue()


def gif(*frames: bytes, size=(50, 50)) -> bytes:
    """Returns a GIF with these frames, and with red, green and blue."""
    colours = b"\xff\0\0\0\xff\0\0\0\xff\0\0\0"
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x91, 0, 0) + colours + b"".join(frames) + b";"


def frame(colour=0, size=(50, 50), at=(0, 0), delay=5, disposal=0, pixels=None) -> bytes:
    """Returns a frame of a GIF: of one colour, or with `pixels` fewer than its size needs. `delay` is in 1/100 s."""
    codes = [4, *([colour, 4] * (size[0] * size[1] if pixels is None else pixels)), 5]  # each code has 3 bits
    bits = sum(code << 3 * place for place, code in enumerate(codes))
    data = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    blocks = [data[begin : begin + 255] for begin in range(0, len(data), 255)]
    control = b"!\xf9\4" + struct.pack("<BHB", disposal << 2, delay, 0) + b"\0"
    place = b"," + struct.pack("<HHHHB", *at, *size, 0) + b"\2"
    return control + place + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def noisy_gif(count: int, size=(640, 460)) -> bytes:
    """Returns a GIF that takes long to read and to write."""
    blocks = []
    for seed in (1, 2):
        out = io.BytesIO()
        pixels = bytes(value & 3 for value in random.Random(seed).randbytes(size[0] * size[1]))
        image = Image.frombytes("P", size, pixels)
        image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0])
        image.save(out, "GIF", optimize=False)
        content = out.getvalue()
        blocks.append(content[content.index(b",\0\0\0\0") : -1])
    return gif(*(blocks * count)[:count], size=size)


def apng(count: int, claimed: int) -> bytes:
    """Returns an animated PNG that claims another number of frames."""
    content = animated("PNG", count)
    return content.replace(
        chunk(b"acTL", struct.pack(">II", count, 0)), chunk(b"acTL", struct.pack(">II", claimed, 0))
    )


def with_text(**texts) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text, zip=True)
    return picture(pnginfo=info)


SECRET = b"Secret Camera"
SCRIPT = b"<script>alert('polyglot')</script>"

# Files that must not become a picture.
REFUSED = {
    "empty": lambda: b"",
    "one byte": lambda: b"\x89",
    "text": lambda: b"This is no picture.",
    "HTML with the name of a picture": lambda: b"<!doctype html>" + SCRIPT,
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "SVG with a bomb of entities": lambda: b'<!DOCTYPE s [<!ENTITY a "aaaa">]><svg>&a;</svg>',
    "PDF": lambda: b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "zip": lambda: b"PK\x03\x04" + bytes(100),
    "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n",
    "TIFF": lambda: picture(form="TIFF"),
    "BMP": lambda: picture(form="BMP"),
    "ICO": lambda: picture(size=(32, 32), form="ICO"),
    "PPM": lambda: picture(form="PPM"),
    "PNG that claims 4 gigapixels": lambda: png(65_500, 65_500, zeros(1 << 20)),
    "PNG that claims 2 billion columns": lambda: png(2**31 - 1, 1),
    "PNG without a column": lambda: png(0, 5),
    "PNG bomb of 49 megapixels with alpha": lambda: png(7000, 7000, zeros(7000 * 28_001 + (1 << 20)), colour=6),
    "PNG with too little data": lambda: png(500, 500, zlib.compress(b"few")),
    "PNG with an impossible depth": lambda: png(5, 5, zlib.compress(bytes(80)), depth=7),
    "PNG with a bomb of text": lambda: png(
        5, 5, zlib.compress(bytes(80)), extra=chunk(b"zTXt", b"a\0\0" + zeros(30 << 20)) * 3
    ),
    "PNG cut in the middle": lambda: noise((300, 300), "PNG")[:-60_000],
    "JPEG cut in the middle": lambda: noise((300, 300))[:20_000],
    "JPEG that is only a header": lambda: noise((300, 300))[:100],
    "JPEG that claims 4 gigapixels": lambda: picture(form="JPEG").replace(
        struct.pack(">HH", 40, 60), struct.pack(">HH", 65_500, 65_500), 1
    ),
    "GIF that claims 4 gigapixels": lambda: b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\0\0\0;",
    "GIF without a frame": lambda: b"GIF89a\x01\0\x01\0\0\0\0;",
    "WebP cut in the middle": lambda: noise((300, 300), "WEBP")[:5_000],
    "WebP with a false length": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(50),
    "AVIF cut in the middle": lambda: noise((100, 100), "AVIF")[:900],
}  # fmt: skip

DOT = {"size": (1, 1)}

# Animations, with the frames that are kept. The others come out as a still picture.
MOVING = {
    "GIF": (lambda: animated("GIF"), 3),
    "WebP": (lambda: animated("WEBP"), 3),
    "PNG": (lambda: animated("PNG"), 3),
    "AVIF": (lambda: animated("AVIF"), 3),
    "PNG with a picture for other programs": (lambda: animated("PNG", default_image=True), 2),
    "WebP with a place": (lambda: animated("WEBP", exif=exif(), xmp=SECRET), 3),
    "PNG with a place": (lambda: animated("PNG", exif=exif()), 3),
    "GIF with a comment": (lambda: animated("GIF", comment=SECRET) + b"/*" + SCRIPT, 3),
    "GIF with delays of zero": (lambda: gif(frame(0, delay=0), frame(1, delay=0)), 2),
    "GIF with delays of eleven minutes": (lambda: gif(frame(0, delay=65_535), frame(1, delay=65_535)), 2),
    "GIF cut in its third frame": (lambda: gif(frame(0), frame(1), frame(2)[:60])[:-1], 2),
    "GIF cut after its first frame": (lambda: gif(frame(0), frame(1)[:40])[:-1], 0),
    "GIF with a frame larger than the picture": (lambda: gif(frame(0), frame(1), frame(2, size=(60, 60))), 2),
    "GIF with a frame that claims 4 gigapixels": (
        lambda: gif(frame(0), frame(1, **DOT), frame(2, size=(65_535, 65_535), pixels=1)), 2
    ),
    "GIF with frames outside of the picture": (lambda: gif(frame(0), frame(1, at=(60_000, 60_000), **DOT)), 0),
    "GIF of 10,000 frames": (lambda: gif(*[frame(0, **DOT)] * 10_000), 0),
    "GIF of 300 frames": (lambda: gif(frame(0), *[frame(1, **DOT), frame(2, **DOT)] * 149, frame(1)), 300),
    "GIF of 200 large frames": (
        lambda: gif(frame(0), *[frame(1, **DOT)] * 199, size=(1000, 1000)), 0
    ),
    "GIF of 2 very large frames": (lambda: gif(frame(0), frame(1, **DOT), size=(2820, 2820)), 0),
    "bomb of a GIF at all limits": (lambda: noisy_gif(40, (640, 460)), 40),
    "WebP of 1,000 frames": (lambda: animated("WEBP", 1000, (2, 2)), 0),
    "PNG that claims 2 billion frames": (lambda: apng(3, 2**31 - 1), 0),
    "PNG that claims 200 frames": (lambda: apng(3, 200), 3),
    "JPEG with a second picture": (lambda: animated("MPO"), 0),
}  # fmt: skip

# Files that become a picture without anything that they bring along.
CLEANED = {
    "JPEG with a place": lambda: noise((200, 100), exif=exif()),
    "PNG with a place": lambda: picture(exif=exif()),
    "WebP with a place": lambda: picture(form="WEBP", exif=exif()),
    "AVIF with a place": lambda: picture(form="AVIF", exif=exif()),
    "PNG with secret texts": lambda: with_text(Comment=SECRET.decode(), **{"XML:com.adobe.xmp": SECRET.decode()}),
    "JPEG with a comment": lambda: picture(form="JPEG", comment=SECRET),
    "JPEG with a broken profile": lambda: picture(form="JPEG", icc_profile=SECRET * 100),
    "GIF that is a script": lambda: picture(form="GIF") + b"/*" + SCRIPT + b"*/",
    "JPEG that is a zip": lambda: picture(form="JPEG") + b"PK\x03\x04" + SCRIPT,
    "PNG that is HTML": lambda: picture() + SCRIPT,
    "PNG with broken data": lambda: png(50, 50, b"broken" * 20),
    "16 bits of grey": lambda: picture(mode="I;16", colour=40_000),
    "CMYK": lambda: picture(mode="CMYK", colour=(0, 200, 200, 30), form="JPEG"),
    "one bit": lambda: picture(mode="1", colour=1),
    "palette with transparency": lambda: picture(mode="P", colour=3, transparency=3),
    "grey with alpha": lambda: picture(mode="LA", colour=(120, 120)),
    "one pixel": lambda: picture(size=(1, 1)),
    "a line": lambda: picture(size=(20_000, 1)),
    "a column": lambda: picture(size=(1, 20_000)),
    "JPEG of 48 megapixels": lambda: picture(size=(8000, 6000), form="JPEG"),
    "PNG of 12 megapixels": lambda: png(4000, 3000, zeros(3000 * 12_001 + (1 << 20))),
}  # fmt: skip

BOMBS = [name for name in (*REFUSED, *CLEANED, *MOVING) if "mega" in name or "giga" in name or "bomb" in name]
