package tiff_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/tiff"
)

// claim writes value into the entry of a tag, of files that the adapter
// itself has written.
func claim(file []byte, tag uint16, value int) []byte {
	at := int(binary.LittleEndian.Uint32(file[4:]))
	for i := range int(binary.LittleEndian.Uint16(file[at:])) {
		entry := file[at+2+12*i:]
		if binary.LittleEndian.Uint16(entry) == tag {
			binary.LittleEndian.PutUint32(entry[8:], uint32(value))
			return file
		}
	}
	return nil
}

func options() codectest.Options {
	return codectest.Options{
		Encodings: []codectest.Encoding{
			{},
			{Name: "lossless", Options: codec.Options{Lossless: true}},
			{Name: "JPEG", Options: codec.Options{Quality: 90}, Floor: 30},
		},
		EXIF: true, XMP: true, IPTC: true, Density: true,
		Lies: []func([]byte, int, int) []byte{
			func(b []byte, w, h int) []byte { return claim(claim(b, 256, w), 257, h) },
			func(b []byte, w, _ int) []byte { return claim(b, 256, w) },
			func(b []byte, _, h int) []byte { return claim(b, 257, h) },
		},
	}
}

func TestConformance(t *testing.T) { codectest.Run(t, tiff.Codec{}, options()) }

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, tiff.Codec{}, options()) }

// TestCorpus reads a folder of odd and hostile files, where there is one.
func TestCorpus(t *testing.T) {
	root := os.Getenv("IMMAGIN_TEST_CORPUS")
	if root == "" {
		t.Skip("IMMAGIN_TEST_CORPUS names no folder")
	}
	c, n := tiff.Codec{}, 0
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(strings.ToLower(filepath.Ext(name)), ".tif") {
			return err
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		n++
		info, err := c.Probe(bytes.NewReader(data))
		if err == nil && info.Shape.Bytes() < 100<<20 {
			var src pixel.Source
			if src, err = c.Decode(t.Context(), bytes.NewReader(data), codec.Request{}); err == nil {
				require.Equal(t, info.Shape, src.Shape(), name)
				_, err = pixel.Drain(src)
				require.NoError(t, src.Close())
			}
		}
		require.True(t, err == nil || errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit), "%s: %v", name, err)
		return nil
	}))
	require.NotZero(t, n)
}
