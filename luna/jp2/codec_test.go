package jp2_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/jp2"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestConformance(t *testing.T) { codectest.Run(t, jp2.Codec{}, options()) }

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, jp2.Codec{}, options()) }

// TestCorpus reads a folder of odd and hostile files, where there is one.
func TestCorpus(t *testing.T) {
	root := os.Getenv("IMMAGIN_TEST_CORPUS")
	if root == "" {
		t.Skip("IMMAGIN_TEST_CORPUS names no folder")
	}
	c, n := jp2.Codec{}, 0
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(strings.ToLower(filepath.Ext(name)), ".j2") && filepath.Ext(name) != ".jp2" {
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
