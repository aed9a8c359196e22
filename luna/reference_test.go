package luna_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/scene"
)

func TestCropsByInterestSeeTheReferencePixels(t *testing.T) {
	e := newEngine(t, nil)
	photo := toJPEG(t, scene.Landscape(800, 600))
	for position, want := range map[edit.Position]string{
		edit.PositionAttention: "decode jpeg 1/4 to 200x150 by reference | convert to rgb | resize 133x100 | crop 100x100 by attention",
		edit.PositionEntropy:   "decode jpeg 1/4 to 200x150 by reference | convert to rgb | resize 133x100 | crop 100x100 by entropy",
		edit.PositionCenter:    "decode jpeg 1/4 to 200x150 | resize 133x100 keep 100x100+17+0 | encode webp",
	} {
		p, err := e.Explain(t.Context(), bytes.NewReader(photo), []edit.Edit{edit.Resize{Width: 100, Height: 100, Position: position}}, nil)
		require.NoError(t, err)
		require.Contains(t, p.String(), want)
	}
	_, err := e.Transform(t.Context(), new(bytes.Buffer), bytes.NewReader(photo), []edit.Edit{edit.Resize{Width: 100, Height: 100, Position: edit.PositionAttention}}, nil)
	require.NoError(t, err)
}
