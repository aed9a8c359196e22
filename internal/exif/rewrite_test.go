package exif_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/internal/testmeta"
)

var orders = []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian}

func TestRewrite(t *testing.T) {
	for _, order := range orders {
		block := testmeta.EXIF(order)
		got := exif.Rewrite(block, 640, 480)
		d, err := exif.Parse(got)
		require.NoError(t, err)
		require.Equal(t, exif.Data{Orientation: 1, Density: testmeta.Density}, d)
		artist, copyright := exif.Rights(got)
		require.Equal(t, testmeta.Artist, artist)
		require.Equal(t, testmeta.Copyright, copyright)

		for _, kept := range []string{testmeta.Make, testmeta.Model, testmeta.Taken, testmeta.City, "The cape at dawn"} {
			require.True(t, bytes.Contains(got, []byte(kept)), kept)
		}
		require.Equal(t, 1, bytes.Count(got, []byte(testmeta.Serial)), "the body's number, but neither maker note nor PrintIM")
		require.False(t, bytes.Contains(got, []byte("THUMBNAIL")))
		short := func(tag, v uint16) []byte {
			return order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, tag), 3), 1), v)
		}
		for tag, v := range map[uint16]uint16{0x0112: 1, 0xa001: 1, 0xa002: 640, 0xa003: 480} {
			require.True(t, bytes.Contains(got, short(tag, v)), "tag %#x is %d", tag, v)
		}
		require.Equal(t, got, exif.Rewrite(got, 640, 480), "again changes nothing")
		require.Equal(t, got, exif.Rewrite(append([]byte("Exif\x00\x00"), block...), 640, 480))

		long := exif.Rewrite(block, 70_000, 480)
		require.True(t, bytes.Contains(long, order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, 0xa002), 4), 1), 70_000)))
	}
	require.Nil(t, exif.Rewrite(nil, 1, 1))
	require.Nil(t, exif.Rewrite([]byte("MM\x00*\x00\x00\x00\x08\x00\x00"), 1, 1), "no entry")
}

func TestNew(t *testing.T) {
	require.Nil(t, exif.New("", ""))
	for _, c := range [][2]string{{"A", ""}, {"", "B"}, {"Ines", "(c) Inês"}} {
		b := exif.New(c[0], c[1])
		artist, copyright := exif.Rights(b)
		require.Equal(t, c, [2]string{artist, copyright})
	}
	artist, copyright := exif.Rights([]byte("nonsense"))
	require.Empty(t, artist+copyright)
}

// TestRewriteTruncated cuts a block at every byte.
func TestRewriteTruncated(t *testing.T) {
	for _, order := range orders {
		block := testmeta.EXIF(order)
		for n := range block {
			got := exif.Rewrite(block[:n], 10, 10)
			require.Equal(t, got, exif.Rewrite(got, 10, 10), "cut at %d", n)
		}
	}
}

// TestRewriteDoesNotGrow has a thousand entries share one value.
func TestRewriteDoesNotGrow(t *testing.T) {
	const size = 32 << 10
	order := binary.BigEndian
	b := order.AppendUint32([]byte("MM\x00*"), 8)
	b = order.AppendUint16(b, 1000)
	for i := range 1000 {
		b = order.AppendUint16(b, uint16(0x0100+i))
		b = order.AppendUint16(b, 7)
		b = order.AppendUint32(b, size)
		b = order.AppendUint32(b, 20_000)
	}
	b = append(b, make([]byte, 20_000+size-len(b))...)
	got := exif.Rewrite(b, 1, 1)
	require.NotEmpty(t, got)
	require.LessOrEqual(t, len(got), len(b))
}

// TestPointersDoNotLoop has the EXIF directory be IFD 0 itself.
func TestPointersDoNotLoop(t *testing.T) {
	order := binary.BigEndian
	b := order.AppendUint32([]byte("MM\x00*"), 8)
	b = order.AppendUint16(b, 3)
	for _, e := range [][3]uint32{{0x0112, 3, 6 << 16}, {0x8769, 4, 8}, {0x8825, 4, 8}} {
		b = order.AppendUint16(b, uint16(e[0]))
		b = order.AppendUint16(b, uint16(e[1]))
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, e[2])
	}
	b = append(b, 0, 0, 0, 0)
	got := exif.Rewrite(b, 1, 1)
	require.Equal(t, 8+2+12+4, len(got), "the orientation alone")
}

func FuzzRewrite(f *testing.F) {
	for _, order := range orders {
		f.Add(testmeta.EXIF(order))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := exif.Rewrite(b, 640, 480)
		if len(got) > 2*len(b)+64 {
			t.Fatalf("%d bytes of %d", len(got), len(b))
		}
		if got == nil {
			return
		}
		d, err := exif.Parse(got)
		if err != nil || d.Orientation > 1 {
			t.Fatal(d, err)
		}
		if again := exif.Rewrite(got, 640, 480); !bytes.Equal(got, again) {
			t.Fatalf("%x\n%x", got, again)
		}
		artist, copyright := exif.Rights(b)
		exif.New(artist, copyright)
	})
}

func ExampleRewrite() {
	original := testmeta.EXIF(binary.BigEndian)
	before, _ := exif.Parse(original)
	after, _ := exif.Parse(exif.Rewrite(original, 640, 480))
	fmt.Println(before.Orientation, after.Orientation)
	// Output: 6 1
}
