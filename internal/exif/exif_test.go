package exif

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

type field struct {
	tag, kind uint16
	count     uint32
	value     uint32 // as it stands in the entry's last four bytes, read big-endian
}

// block writes a TIFF header and IFD 0, and behind it the rational 300/1 at
// offset 200.
func block(order binary.AppendByteOrder, fields ...field) []byte {
	b := []byte("MM")
	if order == binary.LittleEndian {
		b = []byte("II")
	}
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, uint16(len(fields)))
	for _, f := range fields {
		b = order.AppendUint16(b, f.tag)
		b = order.AppendUint16(b, f.kind)
		b = order.AppendUint32(b, f.count)
		if f.kind == typeShort {
			b = order.AppendUint16(b, uint16(f.value))
			b = append(b, 0, 0)
		} else {
			b = order.AppendUint32(b, f.value)
		}
	}
	b = append(b, make([]byte, 200-len(b))...)
	b = order.AppendUint32(b, 300)
	return order.AppendUint32(b, 1)
}

func TestParse(t *testing.T) {
	orientation := field{tagOrientation, typeShort, 1, 6}
	resolution := field{tagXResolution, typeRational, 1, 200}
	tests := []struct {
		name   string
		fields []field
		want   Data
	}{
		{"nothing", nil, Data{}},
		{"orientation", []field{orientation}, Data{Orientation: 6}},
		{"orientation as long", []field{{tagOrientation, typeLong, 1, 8}}, Data{Orientation: 8}},
		{"orientation 0", []field{{tagOrientation, typeShort, 1, 0}}, Data{}},
		{"orientation 9", []field{{tagOrientation, typeShort, 1, 9}}, Data{}},
		{"two orientations", []field{{tagOrientation, typeShort, 2, 6}}, Data{}},
		{"orientation as rational", []field{{tagOrientation, typeRational, 1, 200}}, Data{}},
		{"the first of several", []field{orientation, {tagOrientation, typeShort, 1, 3}}, Data{Orientation: 6}},
		{"resolution", []field{orientation, resolution}, Data{Orientation: 6, Density: 300}},
		{"an inch", []field{resolution, {tagResolutionUnit, typeShort, 1, 2}}, Data{Density: 300}},
		{"a centimetre", []field{resolution, {tagResolutionUnit, typeShort, 1, 3}}, Data{Density: 762}},
		{"no unit", []field{resolution, {tagResolutionUnit, typeShort, 1, 1}}, Data{}},
		{"behind the end", []field{{tagXResolution, typeRational, 1, 201}}, Data{}},
		{"far behind the end", []field{{tagXResolution, typeRational, 1, math.MaxUint32}}, Data{}},
		{"by zero", []field{{tagXResolution, typeRational, 1, 8}, orientation}, Data{Orientation: 6, Density: -1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
				b := block(order, test.fields...)
				d, err := Parse(b)
				require.NoError(t, err)
				if test.want.Density < 0 {
					require.GreaterOrEqual(t, d.Density, 0.0)
					require.False(t, math.IsInf(d.Density, 0))
					d.Density = test.want.Density
				}
				require.Equal(t, test.want, d)
				prefixed, err := Parse(append([]byte("Exif\x00\x00"), b...))
				require.NoError(t, err)
				require.Equal(t, d.Orientation, prefixed.Orientation)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	good := block(binary.BigEndian)
	for n := range 10 {
		_, err := Parse(good[:n])
		require.ErrorIs(t, err, ErrMalformed)
	}
	for name, b := range map[string][]byte{
		"neither order": []byte("MI\x00*\x00\x00\x00\x08\x00\x00"),
		"not 42":        []byte("MM\x00+\x00\x00\x00\x08\x00\x00"),
		"IFD at 4":      []byte("MM\x00*\x00\x00\x00\x04\x00\x00"),
		"IFD far away":  []byte("MM\x00*\xff\xff\xff\xff\x00\x00"),
	} {
		_, err := Parse(b)
		require.ErrorIs(t, err, ErrMalformed, name)
	}
}

func TestEntriesAreBounded(t *testing.T) {
	b := block(binary.BigEndian)
	binary.BigEndian.PutUint16(b[8:], 65535)
	_, err := Parse(b)
	require.NoError(t, err, "a count beyond the end is cut off there")

	entry := func(b []byte, i int) []byte { return b[10+12*i:][:12] }
	b = append(block(binary.BigEndian), make([]byte, 12*2000)...)
	binary.BigEndian.PutUint16(b[8:], 2000)
	copy(entry(b, MaxEntries), "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x05")
	d, err := Parse(b)
	require.NoError(t, err)
	require.Zero(t, d.Orientation)
	copy(entry(b, MaxEntries-1), "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x05")
	d, err = Parse(b)
	require.NoError(t, err)
	require.Equal(t, 5, d.Orientation)
}

func FuzzParse(f *testing.F) {
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		f.Add(block(order, field{tagOrientation, typeShort, 1, 6}, field{tagXResolution, typeRational, 1, 200}, field{tagResolutionUnit, typeShort, 1, 3}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil && d != (Data{}) {
			t.Fatal(d, err)
		}
		if d.Orientation < 0 || d.Orientation > 8 || d.Density < 0 || math.IsInf(d.Density, 0) || math.IsNaN(d.Density) {
			t.Fatal(d)
		}
	})
}
