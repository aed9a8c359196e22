package luna

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A film is a source that negotiation takes for an animation.
type film struct{ fake }

func (film) AnimationWork(codec.Info, codec.Request) int64 { return 0 }

func (film) Animate(context.Context, io.Reader, codec.Request) (codec.Frames, error) {
	return nil, codec.ErrUnsupported
}

// A reel is a sink that takes animations.
type reel struct{ sink }

func (reel) AnimationEncodeWork(pixel.Shape, int, codec.Options) int64 { return 0 }

func (reel) EncodeAnimation(context.Context, io.Writer, codec.Frames, codec.Options) error {
	return codec.ErrUnsupported
}

// What the test of the table measures.
var (
	Matched    = matched
	AutoEffort = autoEffort
)

func TestCandidates(t *testing.T) {
	still := []codec.Codec{sink{name: "jpeg"}, sink{name: "png"}, sink{name: "webp"}, sink{name: "avif"}, sink{name: "gif"}}
	moving := []codec.Codec{sink{name: "jpeg"}, sink{name: "png"}, reel{sink{name: "webp"}}, sink{name: "avif"}, reel{sink{name: "gif"}}}
	one, many := codec.Info{Frames: 1}, codec.Info{Frames: 5}
	for _, c := range []struct {
		codecs  []codec.Codec
		class   string
		decoder codec.Decoder
		info    codec.Info
		want    string
	}{
		{moving, "avif+webp", film{}, one, "avif webp png jpeg"},
		{moving, "avif", film{}, one, "avif png jpeg"},
		{moving, "webp", film{}, one, "webp png jpeg"},
		{moving, "base", film{}, one, "png jpeg"},
		{moving, "avif+webp", film{}, many, "webp gif avif webp png jpeg"},
		{moving, "avif", film{}, many, "gif avif png jpeg"},
		{moving, "webp", film{}, many, "webp gif webp png jpeg"},
		{moving, "base", film{}, many, "gif png jpeg"},
		{moving, "avif+webp", fake{}, many, "avif webp png jpeg"}, // pages of a document
		{still, "avif+webp", film{}, many, "avif webp png jpeg"},
		{still[:1], "base", film{}, one, "jpeg"},
		{still[1:2], "base", film{}, one, "png"},
		{still[2:3], "base", film{}, one, "jpeg"}, // which the error names
	} {
		e, err := New(c.codecs, nil)
		require.NoError(t, err)
		h := &Handler{engine: e}
		got := h.candidates(c.class, &original{decoder: c.decoder, info: c.info})
		require.Equal(t, c.want, strings.Trim(fmt.Sprint(got), "[]"), "%s of %T with %d frames", c.class, c.decoder, c.info.Frames)
	}
}

func TestMetadataPolicyIsPartOfTheRevision(t *testing.T) {
	seen := map[string]MetadataPolicy{}
	for _, m := range []MetadataPolicy{StripMetadata, KeepCopyright, KeepMetadata} {
		e, err := New(nil, &Options{Metadata: m})
		require.NoError(t, err)
		require.NotContains(t, seen, e.Revision())
		seen[e.Revision()] = m
	}
	for _, m := range []MetadataPolicy{-1, 3} {
		_, err := New(nil, &Options{Metadata: m})
		require.ErrorContains(t, err, "Options.Metadata")
	}
}
