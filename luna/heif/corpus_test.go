package heif

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/heif/heic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Every file of a corpus, that has the form of the container, is decoded or
// refused with an error that can be told apart. The corpus is a folder that
// IMMAGIN_TEST_CORPUS names.
func TestCorpus(t *testing.T) {
	root := os.Getenv("IMMAGIN_TEST_CORPUS")
	if root == "" {
		t.Skip("IMMAGIN_TEST_CORPUS is not set")
	}
	av1, err := avif.New(nil)
	require.NoError(t, err)
	defer av1.Close()
	hevc, err := heic.New(nil)
	require.NoError(t, err)
	defer hevc.Close()
	c, err := New(av1, &Options{HEVC: hevc})
	require.NoError(t, err)
	decoded, refused := 0, 0
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if len(data) < 8 || string(data[4:8]) != "ftyp" {
			return nil
		}
		shape, err := survive(c, data)
		if err == nil {
			decoded++
			t.Logf("%s: %v", filepath.Base(name), shape)
			return nil
		}
		refused++
		known := errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
		require.True(t, known, "%s: %v", name, err)
		t.Logf("%s: %v", filepath.Base(name), err)
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d decoded, %d refused", decoded, refused)
	require.NotZero(t, decoded+refused, "there is nothing in %s", root)
}

func survive(c *Codec, data []byte) (pixel.Shape, error) {
	info, err := c.Probe(bytes.NewReader(data))
	if err != nil {
		return pixel.Shape{}, err
	}
	src, err := c.Decode(context.Background(), bytes.NewReader(data), codec.Request{})
	if err != nil {
		return pixel.Shape{}, err
	}
	defer src.Close()
	if info.Shape != src.Shape() {
		return src.Shape(), errors.New("Probe says " + info.Shape.String() + ", Decode yields " + src.Shape().String())
	}
	_, err = pixel.Drain(src)
	return src.Shape(), err
}
