package inflate

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"os"
	"testing"

	klauspost "github.com/klauspost/compress/zlib"
	"github.com/stretchr/testify/require"
)

// benchmarkStream is the stream of the PNG that the environment names, or one
// of generated samples.
func benchmarkStream(b *testing.B) []byte {
	name := os.Getenv("PNG_BENCHMARK_FILE")
	if name == "" {
		return deflate(b, samples()["smooth"], 6)
	}
	data, err := os.ReadFile(name)
	require.NoError(b, err)
	var out []byte
	for data = data[8:]; len(data) >= 12; {
		n := binary.BigEndian.Uint32(data)
		if string(data[4:8]) == "IDAT" {
			out = append(out, data[8:8+n]...)
		}
		data = data[12+n:]
	}
	return out
}

func BenchmarkInflate(b *testing.B) {
	packed := benchmarkStream(b)
	readers := []struct {
		name string
		new  func(io.Reader) io.Reader
	}{
		{"own", func(r io.Reader) io.Reader { return NewReader(r) }},
		{"klauspost", func(r io.Reader) io.Reader { z, _ := klauspost.NewReader(r); return z }},
		{"std", func(r io.Reader) io.Reader { z, _ := zlib.NewReader(r); return z }},
	}
	room := make([]byte, 12001)
	for _, r := range readers {
		b.Run(r.name, func(b *testing.B) {
			for b.Loop() {
				z := r.new(bytes.NewReader(packed))
				n := int64(0)
				for {
					k, err := z.Read(room)
					n += int64(k)
					if err == io.EOF {
						break
					}
					require.NoError(b, err)
				}
				b.SetBytes(n)
			}
		})
	}
}
