package gif

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestCorpus reads all GIFs of a folder, among which there may be anything:
// each gives pixels or a typed error.
func TestCorpus(t *testing.T) {
	folder := os.Getenv("IMMAGIN_TEST_CORPUS")
	if folder == "" {
		t.Skip("IMMAGIN_TEST_CORPUS names no folder")
	}
	read, refused := 0, 0
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".gif" {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := play(t, data); err == nil {
			read++
		} else {
			refused++
			require.True(t, errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrLimit) || errors.Is(err, codec.ErrUnsupported), "%s: %v", name, err)
		}
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, read)
	t.Logf("%d were read, %d refused", read, refused)
}

// play decodes all frames.
func play(t *testing.T, data []byte) error {
	info, err := Codec{}.Probe(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if info.Shape.Bytes()*int64(info.Frames) > 200<<20 {
		return codec.ErrLimit
	}
	f, err := Codec{}.Animate(t.Context(), bytes.NewReader(data), codec.Request{})
	if err != nil {
		return err
	}
	defer f.Close()
	for n := 0; ; n++ {
		src, _, err := f.Next()
		if err == io.EOF {
			require.Equal(t, info.Frames, n)
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := pixel.Drain(src); err != nil {
			return err
		}
	}
}
