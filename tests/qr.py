"""Read a QR code from its modules: what a scanner does, without mending errors.

Written from the standard (ISO/IEC 18004) and apart from the library that draws the code: the
format under its mask, the mask taken off, the way of the words through the square, blocks
unwoven, and the text of letters and digits.
"""

from collections.abc import Iterator

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
#: Version → data words of each block, at correction level M.
BLOCKS = {1: [16], 2: [28], 3: [44], 4: [32, 32], 5: [43, 43], 6: [27] * 4}
MASKS = (
    lambda y, x: (y + x) % 2,
    lambda y, _: y % 2,
    lambda _, x: x % 3,
    lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2,
    lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)
Square = list[list[int]]


def fixed(size: int, y: int, x: int) -> bool:
    """Tell whether a module belongs to the frame and not to the words."""
    corner = (y < 9 and x < 9) or (y < 9 and x >= size - 8) or (y >= size - 8 and x < 9)
    spot = size > 21 and abs(y - (size - 7)) <= 2 and abs(x - (size - 7)) <= 2
    return corner or spot or 6 in (y, x)


def way(size: int) -> Iterator[tuple[int, int]]:
    """Walk over the modules of the words: two columns at a time, up and down, from the right."""
    up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for y in range(size - 1, -1, -1) if up else range(size):
            for x in (right, right - 1):
                if not fixed(size, y, x):
                    yield y, x
        up = not up


def read(square: Square) -> str:
    """Give the text of a code of level M that holds letters and digits."""
    size = len(square)
    version = (size - 17) // 4
    around = [(8, n) for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [(n, 8) for n in (7, 5, 4, 3, 2, 1, 0)]
    form = int("".join(str(square[y][x]) for y, x in around), 2) ^ 0b101010000010010
    assert 0b00 == form >> 13, "not of level M"
    mask = MASKS[form >> 10 & 7]
    bits = [square[y][x] ^ (mask(y, x) == 0) for y, x in way(size)]
    words = [int("".join(map(str, bits[n : n + 8])), 2) for n in range(0, len(bits) - 7, 8)]
    blocks = BLOCKS[version]
    taken = words[: sum(blocks)]
    step = len(blocks)
    data = [taken[at] for block in range(step) for at in range(block, len(taken), step)]
    stream = "".join(f"{word:08b}" for word in data)
    assert "0010" == stream[:4], "not letters and digits"
    count, at, text = int(stream[4:13], 2), 13, ""
    while len(text) < count:
        two = count - len(text) > 1
        number = int(stream[at : at + (11 if two else 6)], 2)
        at += 11 if two else 6
        text += LETTERS[number // 45] + LETTERS[number % 45] if two else LETTERS[number]
    return text
