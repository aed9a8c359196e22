package scene

import (
	"context"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScenesAreTheSameEachTime(t *testing.T) {
	for name, draw := range map[string]func(w, h int) *image.NRGBA{"product": Product, "portrait": Portrait, "logo": Logo} {
		a, b := draw(61, 47), draw(61, 47)
		require.Equal(t, image.Rect(0, 0, 61, 47), a.Bounds())
		require.Equal(t, a.Pix, b.Pix, name)
	}
}

func TestDrawingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, draw := range map[string]func(ctx context.Context, w, h int) (*image.NRGBA, error){
		"landscape": DrawLandscape, "product": DrawProduct, "portrait": DrawPortrait, "logo": DrawLogo,
	} {
		_, err := draw(ctx, 4000, 3000)
		require.ErrorIs(t, err, context.Canceled, name)
	}
}

func TestProductStandsFree(t *testing.T) {
	m := Product(160, 120)
	corner := m.NRGBAAt(0, 0)
	require.Greater(t, corner.R, uint8(238))
	near := func(c color.NRGBA) bool {
		return max(c.R, corner.R)-min(c.R, corner.R) < 6 && max(c.B, corner.B)-min(c.B, corner.B) < 6
	}
	for x := range 160 {
		require.True(t, near(m.NRGBAAt(x, 0)) && near(m.NRGBAAt(x, 119)), "column %d", x)
	}
	for y := range 120 {
		require.True(t, near(m.NRGBAAt(0, y)) && near(m.NRGBAAt(159, y)), "row %d", y)
	}
	require.False(t, near(m.NRGBAAt(76, 55)), "the mug")
}

// isSkin is wide: it tells skin from the evening and the sweater.
func isSkin(c color.NRGBA) bool {
	return c.R > 150 && c.G > 90 && c.B > 60 && c.R > c.B+30 && c.G < c.R
}

func TestPortraitHasAFace(t *testing.T) {
	m := Portrait(200, 150)
	left, right := 0, 0
	for y := range 150 {
		for x := range 200 {
			if isSkin(m.NRGBAAt(x, y)) {
				if x < 90 {
					left++
				} else {
					right++
				}
			}
		}
	}
	require.Greater(t, right, 1200)
	require.Less(t, left, right/20, "the face is off the centre")
}

func TestLogoIsTransparent(t *testing.T) {
	m := Logo(200, 120)
	var none, some, all int
	for i := 3; i < len(m.Pix); i += 4 {
		switch m.Pix[i] {
		case 0:
			none++
		case 255:
			all++
		default:
			some++
		}
	}
	require.Greater(t, none, 12000)
	require.Greater(t, all, 2500)
	require.Greater(t, some, 200, "edges are smooth")
	require.Zero(t, m.NRGBAAt(0, 0).A)
}
