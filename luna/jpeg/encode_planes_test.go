package jpeg

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestStripHeightsDoNotMatter(t *testing.T) {
	for _, in := range []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444} {
		for _, c := range []Codec{{}, {Subsampling: pixel.YCbCr422}, {Subsampling: pixel.YCbCr444}} {
			m := testpic.Make(pixel.Shape{Width: 45, Height: 51, Layout: in})
			want := encode(t, c, m, 0, codec.Options{})
			for _, rows := range []int{2, 6, 8, 14, 18, 50, 52} {
				require.Equal(t, want, encode(t, c, m, rows, codec.Options{}), "%v in strips of %d", in, rows)
			}
		}
	}
}

func TestSubsampling(t *testing.T) {
	for _, in := range []pixel.Layout{pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444} {
		for _, finest := range []pixel.Layout{0, pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444} {
			c := Codec{Subsampling: finest}
			require.Equal(t, in, c.Accepts(in, codec.Options{}))
			m := testpic.Make(pixel.Shape{Width: 33, Height: 21, Layout: in})
			want := in
			if finest == 0 {
				finest = pixel.YCbCr420
			}
			if want > finest {
				want = finest
			}
			require.Equal(t, want, decode(t, encode(t, c, m, 0, codec.Options{})).Shape.Layout)
		}
	}
	require.Equal(t, pixel.YCbCr420, Codec{}.Accepts(pixel.RGB, codec.Options{}))
	require.Equal(t, pixel.YCbCr444, Codec{Subsampling: pixel.YCbCr444}.Accepts(pixel.RGB, codec.Options{}))
	require.NotEqual(t, Codec{}.Revision(), Codec{Subsampling: pixel.YCbCr444}.Revision())
	shape := pixel.Shape{Width: 8, Height: 8, Layout: pixel.YCbCr420}
	require.ErrorContains(t, Codec{Subsampling: pixel.RGB}.Check(shape, codec.Options{}), "subsampling rgb")
}

func TestAveragesRoundDownAndUpInTurn(t *testing.T) {
	dst := make([]uint8, 4)
	require.Equal(t, 3, average4(dst, []uint8{1, 1, 1, 1, 0, 0, 9}, []uint8{1, 0, 1, 0, 0, 2, 9}))
	// 3/4 and a rounding of 1/4, 3/4 and 2/4, 2/4 and 1/4.
	require.Equal(t, []uint8{1, 1, 0}, dst[:3])
	require.Equal(t, 2, average2(dst, []uint8{1, 2, 1, 2, 9}))
	require.Equal(t, []uint8{1, 2}, dst[:2])
}

// TestFlatPicturesStayFlat sees that rows and columns beside the picture, which blocks
// are filled up with, leave no trace in it.
func TestFlatPicturesStayFlat(t *testing.T) {
	for _, in := range []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.YCbCr422, pixel.YCbCr444} {
		for _, size := range testpic.Sizes {
			m := pixel.NewImage(nil, pixel.Shape{Width: size[0], Height: size[1], Layout: in})
			for p := range in.Planes() {
				for i := range m.Planes[p].Pix {
					m.Planes[p].Pix[i] = uint8(40 + 60*p)
				}
			}
			for _, progressive := range []bool{false, true} {
				got := decode(t, encode(t, Codec{Subsampling: finest(in)}, m, 0, codec.Options{Quality: 100, Progressive: progressive}))
				require.True(t, testpic.Equal(m, got), "%v", m.Shape)
			}
		}
	}
}

func encode(t testing.TB, c Codec, m *pixel.Image, rows int, opts codec.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, c.Encode(t.Context(), &b, m.Source(rows, nil), opts))
	return b.Bytes()
}
