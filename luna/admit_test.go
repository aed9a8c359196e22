package luna

import (
	"context"
	"io"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/sign"
)

// What is billed once is one picture: the format that negotiation picks and
// the layers' versions tell two apart, the spelling of a client's class does
// not.
func TestUnique(t *testing.T) {
	e, err := New([]codec.Codec{sink{name: "jpeg"}, sink{name: "png"}, sink{name: "webp"}, sink{name: "avif"}}, nil)
	require.NoError(t, err)
	h, err := NewHandler(e, nobody{}, sign.Tenants{}, nil)
	require.NoError(t, err)
	at := func(format edit.Format, class string, layers map[string]string) [2]string {
		ask, err := (&edit.Request{Key: "a.jpg", Output: &edit.Output{Format: format}}).Canonical()
		require.NoError(t, err)
		text, err := ask.Encode()
		require.NoError(t, err)
		j := &job{ask: ask, canonical: string(text), version: "1", layers: layers, choice: choice{class: class, varies: format == edit.FormatAuto}}
		version, canonical, err := h.unique(j)
		require.NoError(t, err)
		again, err := edit.Parse([]byte(canonical), nil)
		require.NoError(t, err, "it is a request")
		if class != classBase {
			again, err = again.Canonical()
			require.NoError(t, err)
			same, err := again.Encode()
			require.NoError(t, err)
			require.Equal(t, string(same), canonical, "and canonical")
		}
		return [2]string{version, canonical}
	}
	auto, one := edit.FormatAuto, map[string]string{"logo": "1", "mark": "2"}
	require.Equal(t, [2]string{"1", `{"key":"a.jpg","output":{"format":"webp","quality":90,"lossless":false}}`}, at(edit.FormatWebP, "webp", nil))
	require.Equal(t, at(edit.FormatWebP, "webp", nil), at(auto, classWebP, nil), "the same picture")
	require.Equal(t, at(auto, classAVIF, nil), at(auto, classAVIFAndWebP, nil), "the same picture")
	require.NotEqual(t, at(auto, classAVIF, nil), at(auto, classWebP, nil))
	require.NotEqual(t, at(auto, classWebP, nil), at(auto, classBase, nil))
	require.NotEqual(t, at(auto, classBase, nil), at(edit.FormatPNG, "png", nil))
	require.Equal(t, at(auto, classWebP, one), at(auto, classWebP, map[string]string{"mark": "2", "logo": "1"}))
	require.NotEqual(t, at(auto, classWebP, one), at(auto, classWebP, nil))
	require.NotEqual(t, at(auto, classWebP, one), at(auto, classWebP, map[string]string{"logo": "2", "mark": "1"}))
}

// nobody is an origin without originals.
type nobody struct{}

func (nobody) Stat(context.Context, string, string) (int64, string, error) {
	return 0, "", fs.ErrNotExist
}

func (nobody) Open(context.Context, string, string) (io.ReadCloser, int64, string, error) {
	return nil, 0, "", fs.ErrNotExist
}
