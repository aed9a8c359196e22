package avif

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

// shared is made once for all tests: compiling takes seconds.
var shared = sync.OnceValues(func() (*Codec, error) { return New(nil) })

func testCodec(t testing.TB) *Codec {
	t.Helper()
	c, err := shared()
	require.NoError(t, err)
	return c
}

var promises = codectest.Options{
	Encodings: []codectest.Encoding{
		{Name: "lossless", Options: codec.Options{Lossless: true, Effort: new(0)}},
		{Name: "quality 90", Options: codec.Options{Effort: new(0)}, Floor: 38, AlphaFloor: 38},
		{Name: "quality 30", Options: codec.Options{Quality: 30, Effort: new(0)}, Floor: 28, AlphaFloor: 28},
	},
	EXIF: true, XMP: true, Upright: true,
	Lies: []func([]byte, int, int) []byte{lieInSize},
	Slow: true,
}

// lieInSize changes the property that tells the size.
func lieInSize(file []byte, width, height int) []byte {
	i := bytes.Index(file, []byte("ispe"))
	if i < 0 {
		return nil
	}
	binary.BigEndian.PutUint32(file[i+8:], uint32(width))
	binary.BigEndian.PutUint32(file[i+12:], uint32(height))
	return file
}

func TestConformance(t *testing.T) { codectest.Run(t, testCodec(t), promises) }

func FuzzDecode(f *testing.F) {
	codectest.Fuzz(f, testCodec(f), codectest.Options{Encodings: promises.Encodings[:1]})
}
