package tiff

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/luna/codec"
)

// A faxWriter encodes rows as T.4 and T.6 describe it, in bits as text.
type faxWriter struct {
	strings.Builder
	width int
	above []int
}

// changes lists where the colour changes, the first time to black.
func changes(row []bool) (list []int) {
	last := false
	for x, black := range row {
		if black != last {
			list = append(list, x)
			last = black
		}
	}
	return list
}

func (w *faxWriter) run(colour, n int) {
	codes := strings.Fields([]string{whiteRuns, blackRuns}[colour] + " " + longRuns)
	for ; n > 2560+63; n -= 2560 {
		w.WriteString(codes[63+40])
	}
	if n > 63 {
		w.WriteString(codes[63+n/64])
	}
	w.WriteString(codes[n%64])
}

func (w *faxWriter) alone(list []int) {
	x := 0
	for i, next := range append(slices.Clone(list), w.width) {
		w.run(i&1, next-x)
		x = next
	}
}

// byAbove is the coding procedure of T.6, 2.2.5.
func (w *faxWriter) byAbove(list []int) {
	after := func(list []int, x, colour int) int { // the first change right of x to the other colour
		for i, c := range list {
			if c > x && i&1 == colour {
				return i
			}
		}
		return len(list)
	}
	at := func(list []int, i int) int {
		if i < len(list) {
			return list[i]
		}
		return w.width
	}
	for a0, colour := -1, 0; a0 < w.width; {
		b := after(w.above, a0, colour)
		b1, b2 := at(w.above, b), at(w.above, b+1)
		a := after(list, a0, colour)
		a1, a2 := at(list, a), at(list, a+1)
		switch d := a1 - b1; {
		case b2 < a1:
			w.WriteString("0001")
			a0 = b2
		case d >= -3 && d <= 3:
			w.WriteString([]string{"0000010", "000010", "010", "1", "011", "000011", "0000011"}[d+3])
			a0, colour = a1, colour^1
		default:
			w.WriteString("001")
			w.run(colour, a1-max(a0, 0))
			w.run(colour^1, a2-a1)
			a0 = a2
		}
	}
}

func (w *faxWriter) align() {
	for w.Len()%8 != 0 {
		w.WriteByte('0')
	}
}

// bytes packs the bits.
func (w *faxWriter) bytes() []byte {
	w.align()
	b := make([]byte, w.Len()/8)
	for i, c := range w.String() {
		b[i/8] |= byte(c-'0') << (7 - i%8)
	}
	return b
}

func TestFax(t *testing.T) {
	const mark = "000000000001"
	kinds := map[string]struct {
		packing int
		twoRows bool
		write   func(w *faxWriter, y int, list []int)
	}{
		"modified Huffman": {packHuffman, false, func(w *faxWriter, _ int, list []int) {
			w.align()
			w.alone(list)
		}},
		"Group 3": {packGroup3, false, func(w *faxWriter, _ int, list []int) {
			w.WriteString(mark)
			w.alone(list)
		}},
		"Group 3 without marks": {packGroup3, false, func(w *faxWriter, _ int, list []int) { w.alone(list) }},
		"Group 3, marks end at bytes": {packGroup3, false, func(w *faxWriter, _ int, list []int) {
			for w.Len()%8 != 4 {
				w.WriteByte('0')
			}
			w.WriteString(mark)
			w.alone(list)
		}},
		"Group 3 in two dimensions": {packGroup3, true, func(w *faxWriter, y int, list []int) {
			w.WriteString(mark)
			if y%4 == 0 {
				w.WriteByte('1')
				w.alone(list)
			} else {
				w.WriteByte('0')
				w.byAbove(list)
			}
		}},
		"Group 4": {packGroup4, false, func(w *faxWriter, _ int, list []int) { w.byAbove(list) }},
	}
	for name, kind := range kinds {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			width, height := rapid.OneOf(rapid.IntRange(1, 70), rapid.IntRange(1, 6000)).Draw(t, "width"), rapid.IntRange(1, 9).Draw(t, "height")
			w := &faxWriter{width: width}
			rows := make([][]bool, height)
			for y := range rows {
				rows[y] = make([]bool, width)
				if y > 0 && rapid.Bool().Draw(t, "alike") {
					copy(rows[y], rows[y-1])
				}
				for range rapid.IntRange(0, 8).Draw(t, "runs") {
					from := rapid.IntRange(0, width-1).Draw(t, "from")
					to := rapid.IntRange(from, width-1).Draw(t, "to")
					black := rapid.Bool().Draw(t, "black")
					for x := from; x <= to; x++ {
						rows[y][x] = black
					}
				}
				list := changes(rows[y])
				kind.write(w, y, list)
				w.above = list
			}
			data := w.bytes()
			got := make([]byte, (width+7)/8*height)
			_, err := io.ReadFull(newFax(data, width, kind.packing, kind.twoRows), got)
			require.NoError(t, err)
			want := make([]byte, len(got))
			for y, row := range rows {
				for x, black := range row {
					if black {
						want[y*((width+7)/8)+x/8] |= 0x80 >> (x % 8)
					}
				}
			}
			require.Equal(t, want, got)
			_, err = io.ReadFull(newFax(data, width, kind.packing, kind.twoRows), make([]byte, len(got)+(width+7)/8*8))
			require.Error(t, err, "there are no more rows, but for those that the last bits seem to be")
		}))
	}
}

func FuzzFax(f *testing.F) {
	f.Add([]byte{0x26, 0xa0, 0x80}, uint16(3), uint8(0))
	f.Add([]byte{0x00, 0x1f, 0xff, 0x00, 0x10, 0x01}, uint16(1728), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, width uint16, kind uint8) {
		w := int(width) + 1
		r := newFax(data, w, packHuffman+int(kind%3), kind >= 128)
		row := make([]byte, (w+7)/8)
		for rows := 0; ; rows++ {
			if _, err := io.ReadFull(r, row); err != nil {
				require.True(t, errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || err == io.EOF || err == io.ErrUnexpectedEOF, "%v", err)
				return
			}
			require.LessOrEqual(t, rows, 8*len(data), "every row takes a bit")
		}
	})
}
