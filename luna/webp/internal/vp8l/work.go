package vp8l

import "math/bits"

// WorkBytes bounds what an encoder holds of itself for a picture, at any effort
// and with the bytes it returns. What it keeps for the next picture is less.
func WorkBytes(width, height int) int64 {
	n := int64(width) * int64(height)
	// A pixel is in two pictures, in a chain and as a match of four bytes each,
	// in two lists of tokens of eight, takes six where a path is traced, and
	// up to four in the output, which is held twice while it grows, and where
	// plans are tried once more, and a part in what is known of tiles.
	const perPixel = 4*4 + 2*8 + 4 + 2 + 3*4 + 1
	heads := int64(4) << min(max(bits.Len64(uint64(n)), minHashBits), maxHashBits)
	// A tile has a histogram, one of a cluster, and codes.
	tiles := min(maxTiles, int64(tilesOf(width, 2))*int64(tilesOf(height, 2)))
	const perTile = 3 * 4 * (literalAt + maxSymbols)
	// Each of up to eight workers has scores of a band of tiles.
	band := int64(8*bandRows) * int64(width)
	return perPixel*n + heads + perTile*tiles + band + 1<<20
}
