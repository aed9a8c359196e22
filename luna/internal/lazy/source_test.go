package lazy

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/pixel"
)

func TestSourceFillsEveryRowOnce(t *testing.T) {
	for _, layout := range []pixel.Layout{pixel.Gray, pixel.YCbCr420, pixel.RGBA} {
		for _, height := range []int{1, 2, 15, 16, 17, 33} {
			shape := pixel.Shape{Width: 5, Height: height, Layout: layout}
			freed := 0
			src := &Source{Size: shape, Free: func() { freed++ }, Pool: pixel.NewPool(), Fill: func(s *pixel.Strip) error {
				for p := range layout.Planes() {
					_, sy := layout.Subsampling(p)
					for y := range s.Planes[p].Height {
						for x := range s.Planes[p].Row(y) {
							s.Planes[p].Row(y)[x] = uint8(s.Y>>sy + y + 100*p)
						}
					}
				}
				return nil
			}}
			require.Equal(t, shape, src.Shape())
			m, err := pixel.ReadAll(nil, src)
			require.NoError(t, err)
			for p := range layout.Planes() {
				for y := range m.Planes[p].Height {
					require.Equal(t, uint8(y+100*p), m.Planes[p].Row(y)[2])
				}
			}
			_, err = src.Next()
			require.Equal(t, io.EOF, err)
			require.NoError(t, src.Close())
			require.NoError(t, src.Close())
			require.Equal(t, 1, freed)
		}
	}
}

func TestSourceRemembersItsError(t *testing.T) {
	broken := errors.New("broken")
	calls := 0
	src := &Source{Size: pixel.Shape{Width: 1, Height: 40, Layout: pixel.Gray}, Fill: func(*pixel.Strip) error {
		if calls++; calls == 2 {
			return broken
		}
		return nil
	}}
	_, err := src.Next()
	require.NoError(t, err)
	for range 2 {
		_, err = src.Next()
		require.Equal(t, broken, err)
	}
	require.Equal(t, 2, calls)
}

func TestClosedSourceYieldsNothing(t *testing.T) {
	src := &Source{Size: pixel.Shape{Width: 1, Height: 1, Layout: pixel.Gray}, Fill: func(*pixel.Strip) error { return nil }}
	require.NoError(t, src.Close())
	_, err := src.Next()
	require.Error(t, err)
}
