package main

import (
	"bytes"
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPPM(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 5, 3))
	for i := range m.Pix {
		m.Pix[i] = uint8(10 * i)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	var file bytes.Buffer
	writePPM(&file, m)
	got, err := readPPM(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, m, got)
	_, err = readPPM(file.Bytes()[:20])
	require.Error(t, err)
}

func TestIsNear(t *testing.T) {
	them := result{1000, 40}
	require.True(t, isNear(result{1029, 38}, them))
	require.True(t, isNear(result{1300, 40.29}, them))
	require.False(t, isNear(result{1040, 39.6}, them))
}

// TestDrawn holds JPEG, and whichever WebP encoder there is, to the scale on a
// drawn picture, where the libraries' programs are installed.
func TestDrawn(t *testing.T) {
	p := drawn()[1]
	b := &bench{dir: t.TempDir()}
	for _, f := range formats() {
		t.Run(f.name, func(t *testing.T) {
			if missing := f.missing(); missing != "" {
				t.Skipf("there is no %s", missing)
			}
			var out strings.Builder
			require.NoError(t, b.table(t.Context(), &out, f, []int{50, 75, 90}, []*picture{p}, false))
			t.Log(out.String())
			require.Contains(t, out.String(), "3 of 3 within")
		})
	}
}

func TestRefusals(t *testing.T) {
	require.Error(t, run(t.Context(), []string{"-quality", "0"}, &strings.Builder{}))
	require.Error(t, run(t.Context(), []string{"no such.jpg"}, &strings.Builder{}))
}
