package gif

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"image"
)

const header = "GIF89a"

// The functions of this file leave errors to w, which remembers them.

// writeScreen writes the header, with a global colour table unless colours is
// empty.
func writeScreen(w *bufio.Writer, width, height int, colours []uint32) {
	b := append([]byte(nil), header...)
	b = binary.LittleEndian.AppendUint16(b, uint16(width))
	b = binary.LittleEndian.AppendUint16(b, uint16(height))
	flags := byte(0x70) // 8 bits a sample
	if len(colours) > 0 {
		flags |= 0x80 | byte(tableBits(len(colours))-1)
	}
	w.Write(append(b, flags, 0, 0))
	writeTable(w, colours)
}

// writeTable writes colours, and black up to the next power of two.
func writeTable(w *bufio.Writer, colours []uint32) {
	if len(colours) == 0 {
		return
	}
	for i := range 1 << tableBits(len(colours)) {
		c := uint32(0)
		if i < len(colours) {
			c = colours[i]
		}
		w.Write([]byte{byte(c), byte(c >> 8), byte(c >> 16)})
	}
}

// tableBits reports the bits of an index into a table of n colours.
func tableBits(n int) int {
	bits := 1
	for 1<<bits < n {
		bits++
	}
	return bits
}

// writeLoops says how often an animation plays, where that is not once.
func writeLoops(w *bufio.Writer, loops int) {
	if loops != 1 {
		writeRepeats(w, uint16(min(max(loops-1, 0), maxSide)))
	}
}

func writeRepeats(w *bufio.Writer, n uint16) {
	w.Write([]byte{kindExtension, labelApplication, byte(len(netscape))})
	w.WriteString(netscape)
	w.Write([]byte{3, 1, byte(n), byte(n >> 8), 0})
}

// writeXMP leaves out a packet with a zero byte, which is no XML and would end
// the extension.
func writeXMP(w *bufio.Writer, packet []byte) {
	if len(packet) == 0 || bytes.IndexByte(packet, 0) >= 0 {
		return
	}
	w.Write([]byte{kindExtension, labelApplication, byte(len(xmpLabel))})
	w.WriteString(xmpLabel)
	w.Write(packet)
	w.Write(xmpTrailer[:])
	w.WriteByte(0)
}

// writeControl writes a graphic control extension. A transparent index of -1
// is none.
func writeControl(w *bufio.Writer, disposal, delay, transparent int) {
	flags := byte(disposal << 2)
	if transparent >= 0 {
		flags |= 1
	}
	w.Write([]byte{kindExtension, labelControl, 4, flags, byte(delay), byte(delay >> 8), byte(max(transparent, 0)), 0})
}

// writeDescriptor writes an image descriptor, with a local colour table
// unless colours is empty.
func writeDescriptor(w *bufio.Writer, r image.Rectangle, colours []uint32) {
	b := []byte{kindImage}
	for _, n := range []int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	flags := byte(0)
	if len(colours) > 0 {
		flags = 0x80 | byte(tableBits(len(colours))-1)
	}
	w.Write(append(b, flags))
	writeTable(w, colours)
}
