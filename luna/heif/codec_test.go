package heif

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/heif/heic"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func decode(t *testing.T, c codec.Decoder, data []byte) *pixel.Image {
	t.Helper()
	info, err := c.Probe(bytes.NewReader(data))
	require.NoError(t, err)
	src, err := c.Decode(context.Background(), bytes.NewReader(data), codec.Request{})
	require.NoError(t, err)
	defer src.Close()
	require.Equal(t, info.Shape, src.Shape())
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	return m
}

func TestCodec(t *testing.T) {
	_, err := New(nil, nil)
	require.Error(t, err)
	av1, err := avif.New(nil)
	require.NoError(t, err)
	defer av1.Close()
	hevc, err := heic.New(nil)
	require.NoError(t, err)
	defer hevc.Close()
	alone, err := New(av1, nil)
	require.NoError(t, err)
	both, err := New(av1, &Options{HEVC: hevc})
	require.NoError(t, err)
	require.NotEqual(t, alone.Revision(), both.Revision())

	// What it writes is what package avif writes, and is read under a neutral
	// brand too.
	m := testpic.Make(pixel.Shape{Width: 33, Height: 21, Layout: pixel.RGBA})
	opts := codec.Options{Lossless: true, Effort: new(0)}
	var ours, theirs bytes.Buffer
	require.NoError(t, both.Check(m.Shape, opts))
	require.True(t, both.Lossless(opts))
	require.Equal(t, pixel.RGB, both.Accepts(pixel.YCbCr420, opts))
	require.Equal(t, av1.EncodeWork(m.Shape, opts), both.EncodeWork(m.Shape, opts))
	require.NoError(t, both.Encode(context.Background(), &ours, m.Source(0, nil), opts))
	require.NoError(t, av1.Encode(context.Background(), &theirs, m.Source(0, nil), opts))
	require.Equal(t, theirs.Bytes(), ours.Bytes())
	copy(ours.Bytes()[8:], "mif1")
	require.True(t, testpic.Equal(m, decode(t, alone, ours.Bytes())))

	photo, err := os.ReadFile(filepath.Join("heic", "testdata", "rgba.heic"))
	require.NoError(t, err)
	require.True(t, testpic.Equal(decode(t, hevc, photo), decode(t, both, photo)))
	_, err = alone.Probe(bytes.NewReader(photo))
	require.ErrorIs(t, err, codec.ErrUnsupported)
	_, err = alone.Decode(context.Background(), bytes.NewReader(photo), codec.Request{})
	require.ErrorIs(t, err, codec.ErrUnsupported)
	info, err := both.Probe(bytes.NewReader(photo))
	require.NoError(t, err)
	require.GreaterOrEqual(t, both.DecodeWork(info, codec.Request{}), hevc.DecodeWork(info, codec.Request{}))

	for name, data := range map[string]string{"nothing": "", "another format": "GIF89a", "a video": "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"} {
		_, err := both.Probe(bytes.NewReader([]byte(data)))
		require.Error(t, err, name)
		require.True(t, is(err, codec.ErrFormat) || is(err, codec.ErrUnsupported), "%s: %v", name, err)
	}
}

func is(err, target error) bool { return errors.Is(err, target) }
