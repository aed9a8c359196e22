package png

import (
	"bytes"
	"io"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/inflate"
)

// TestSumOfZero: a checksum of 0 halfway is no beginning.
func TestSumOfZero(t *testing.T) {
	// The lower half is 1 and the bytes, 65521 in all. The upper one shrinks by
	// k for each 1 that goes k places up.
	data := bytes.Repeat([]byte{105}, 624)
	upper := int(inflate.Adler32(1, data) >> 16)
	for i := range upper / 600 {
		data[i%24]--
		data[600+i%24]++
	}
	data[100]--
	data[upper%600+100]++
	require.Zero(t, inflate.Adler32(1, data))
	var b bytes.Buffer
	d := &deflater{w: &b, level: defaultLevel, workers: 1, size: len(data)}
	for _, last := range []bool{false, true} {
		require.NoError(t, d.write(append(d.buffer(), data...), mixed, last))
	}
	d.close()
	z, err := zlib.NewReader(&b)
	require.NoError(t, err)
	got, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, append(bytes.Clone(data), data...), got)
}
