package tiff

import (
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// maxTileSide is how wide and high a tile may be whatever the picture is.
const maxTileSide = 1 << 13

// readChunks reads how the picture is cut into strips or tiles.
func (h *header) readChunks() error {
	width, height := uint64(h.width), uint64(h.height)
	var err error
	offsets, counts := uint16(tagStripOffsets), uint16(tagStripCounts)
	if _, h.tiled = h.dir[tagTileWidth]; h.tiled {
		if _, ok := h.dir[tagTileOffsets]; ok { // else they stand with the strips', as libtiff has it
			offsets, counts = tagTileOffsets, tagTileCounts
		}
		if width, err = h.number(h.dir, tagTileWidth, 0); err != nil {
			return err
		}
		if height, err = h.number(h.dir, tagTileHeight, 0); err != nil {
			return err
		}
		if width == 0 || height == 0 {
			return fmt.Errorf("%w: tiles of %dx%d", codec.ErrFormat, width, height)
		}
		if width > max(uint64(h.width)+15, maxTileSide) || height > max(uint64(h.height)+15, maxTileSide) {
			return fmt.Errorf("%w: tiles of %dx%d for a picture of %dx%d", codec.ErrLimit, width, height, h.width, h.height)
		}
	} else {
		rows, err := h.number(h.dir, tagRowsPerStrip, height)
		if err != nil {
			return err
		}
		if rows > 0 {
			height = min(rows, height)
		}
	}
	h.chunkWidth, h.chunkHeight = int(width), int(height)
	h.across, h.down = (h.width+h.chunkWidth-1)/h.chunkWidth, (h.height+h.chunkHeight-1)/h.chunkHeight
	var ok bool
	if h.offsets, ok = h.dir[offsets]; !ok && h.packing != packOldJPEG {
		return fmt.Errorf("%w: no strips or tiles", codec.ErrFormat)
	}
	if need := uint64(h.across) * uint64(h.down) * uint64(h.lanes()); h.offsets.count < need && h.packing != packOldJPEG {
		return fmt.Errorf("%w: %d strips or tiles, where %d are due", codec.ErrFormat, h.offsets.count, need)
	}
	h.counts, h.counted = h.dir[counts]
	return nil
}

// lanes reports how many planes are stored one after the other.
func (h *header) lanes() int {
	if h.planar {
		return h.samples
	}
	return 1
}

// wantedLanes is lanes without those that are neither colours nor alpha.
func (h *header) wantedLanes() int {
	if h.planar {
		return h.wanted
	}
	return 1
}

// chunk returns the stored bytes of a strip or tile.
func (h *header) chunk(lane, x, y int) ([]byte, error) {
	i := uint64((lane*h.down+y)*h.across + x)
	offset, err := h.integer(h.offsets, i)
	if err != nil {
		return nil, err
	}
	n := uint64(1 << 62)
	if h.packing == packNone {
		// Its size is known, and what is written of it is often wrong.
		rows := min(h.chunkHeight, h.height-y*h.chunkHeight)
		if h.tiled {
			rows = h.chunkHeight
		}
		n = uint64((rows+h.unit()-1)/h.unit()) * uint64(h.rowBytes(h.chunkWidth))
	} else if h.counted {
		if n, err = h.integer(h.counts, i); err != nil {
			return nil, err
		}
		if n == 0 && h.offsets.count == 1 {
			n = 1 << 62 // a writer that did not know
		}
	}
	b, err := h.some(offset, n)
	if err == nil && h.packing != packNone && n < 1<<62 && uint64(len(b)) < n {
		err = fmt.Errorf("%w: %d of the %d bytes of a strip: %w", codec.ErrFormat, len(b), n, io.ErrUnexpectedEOF)
	}
	return b[:min(uint64(len(b)), h.mostStored())], err
}

// sharedBytes is what all strips and tiles together may take beyond 8 times
// their samples, be it for tables, comments or fill.
const sharedBytes = 64 << 20

// mostStored bounds the bytes of a strip or tile that are looked at. They may
// lie one on the other, each as large as the file, and consist of codes that
// yield nothing, so that without a bound the work is that of reading the file as
// often as there are strips. The compressions make no more than 6 times the size
// of samples.
func (h *header) mostStored() uint64 {
	raw := uint64((h.chunkHeight+h.unit()-1)/h.unit()) * uint64(h.rowBytes(h.chunkWidth))
	chunks := uint64(h.across) * uint64(h.down) * uint64(h.lanes())
	return 8*raw + max(sharedBytes/chunks, 1<<10)
}

// unit is how many rows are stored together.
func (h *header) unit() int { return max(h.subY, 1) }

// rowBytes reports the bytes that a stored row of n pixels of a lane takes.
func (h *header) rowBytes(n int) int {
	if h.subX > 0 {
		return (n + h.subX - 1) / h.subX * (h.subX*h.subY + 2)
	}
	return (n*h.pixelSamples()*h.bits + 7) / 8
}

// pixelSamples is how many samples of a pixel stand together.
func (h *header) pixelSamples() int {
	if h.planar {
		return 1
	}
	return h.samples
}
