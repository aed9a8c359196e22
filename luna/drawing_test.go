package luna

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestSVGIsTheIntegratorsChoice refuses a drawing, until a codec is given that
// is known by how drawings begin.
func TestSVGIsTheIntegratorsChoice(t *testing.T) {
	const drawing = `<svg xmlns="http://www.w3.org/2000/svg"/>`
	jpeg := fake{name: "jpeg", magic: "\xff\xd8"}
	e, err := New([]codec.Codec{jpeg}, nil)
	require.NoError(t, err)
	_, err = e.Metadata(t.Context(), strings.NewReader(drawing))
	var missing *MissingDecoderError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, MissingDecoderError{Format: "SVG", Have: []string{"jpeg"}}, *missing)
	require.ErrorIs(t, err, ErrNotImage)
	require.Equal(t, http.StatusUnsupportedMediaType, StatusCode(err))
	require.Equal(t, "svg_refused", ErrorCode(err))

	_, err = e.Metadata(t.Context(), strings.NewReader("BM and what follows"))
	require.ErrorAs(t, err, &missing)
	require.Equal(t, "BMP", missing.Format)
	require.Equal(t, "original_unsupported", ErrorCode(err))

	_, err = e.Metadata(t.Context(), strings.NewReader("no picture"))
	require.ErrorIs(t, err, ErrNotImage)
	require.Equal(t, "not_an_image", ErrorCode(err))

	own := fake{name: "svg", magic: "<svg", info: codec.Info{Shape: pixel.Shape{Width: 30, Height: 20, Layout: pixel.RGBA}}}
	e, err = New([]codec.Codec{jpeg, own}, nil)
	require.NoError(t, err)
	m, err := e.Metadata(t.Context(), strings.NewReader(drawing))
	require.NoError(t, err)
	require.Equal(t, "svg", m.Format)
}
