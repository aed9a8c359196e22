package main

import (
	"context"
	"errors"
	"image"
	stdpng "image/png"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codecs"
)

func TestViewsAreSmaller(t *testing.T) {
	require.Len(t, views(image.Pt(4000, 3000)), 11)
	for _, v := range views(image.Pt(1300, 700)) {
		r, err := edit.Parse([]byte(`{"key":"x",`+v.job(finishes[0]).Request+`}`), nil)
		require.NoError(t, err, v.name)
		size := v.reference(image.NewNRGBA(image.Rect(0, 0, 1300, 700))).Rect.Size()
		resize := r.Edits[len(r.Edits)-1].(edit.Resize)
		require.Equal(t, resize.Width, size.X)
		if resize.Height > 0 {
			require.Equal(t, resize.Height, size.Y)
		}
	}
	for _, v := range views(image.Pt(1300, 700)) {
		require.Less(t, v.target.Width, 1300)
		require.Equal(t, strings.HasPrefix(v.name, "crop"), strings.Contains(v.sharp, "extract(") && strings.Contains(v.edits, `"crop"`))
	}
}

// flat is a side that makes a picture of one colour, of the size that any job
// asks for; asked to decode, it does nothing.
type flat struct {
	size  image.Point
	value uint8
	fail  error
}

func (f flat) do(o order) (answer, error) {
	if f.fail != nil && o.Tasks[0].Request != "" {
		return answer{}, f.fail
	}
	if o.Tasks[0].Request == "" {
		file, err := os.ReadFile(o.Tasks[0].File)
		if err != nil {
			return answer{}, err
		}
		return answer{}, os.WriteFile(o.Save, file, 0o644)
	}
	return answer{}, writeFlat(o.Save, f.size, f.value)
}

func (flat) close() error { return nil }

func writeFlat(path string, size image.Point, value uint8) error {
	m := image.NewGray(image.Rectangle{Max: size})
	for i := range m.Pix {
		m.Pix[i] = value
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(stdpng.Encode(f, m), f.Close())
}

func TestGauge(t *testing.T) {
	dir := t.TempDir()
	source := dir + "/source"
	require.NoError(t, writeFlat(source, image.Pt(500, 400), 100))
	g := &gauge{us: flat{image.Pt(200, 150), 101, nil}, them: flat{image.Pt(200, 150), 100, nil}, dir: dir}
	list, err := g.sample(sample{"s", source}, "200x150")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Empty(t, list[0].failure)
	require.InDelta(t, 48.13, list[0].us[0], 0.01)
	require.Len(t, list[0].us, len(finishes))

	g.us = flat{image.Pt(200, 151), 101, nil}
	list, err = g.sample(sample{"s", source}, "200x150")
	require.NoError(t, err)
	require.Contains(t, list[0].failure, "PNG: ours has (200,151) where the reference has (200,150)")

	g.us = flat{fail: errors.New("broken")}
	list, err = g.sample(sample{"s", source}, "200x150")
	require.NoError(t, err)
	require.Contains(t, list[0].failure, "broken")
}

func TestQualityTakesSharp(t *testing.T) {
	_, err := new(bench).quality(t.Context(), settings{}, nil)
	require.ErrorContains(t, err, "takes sharp")
}

func TestDrawSamples(t *testing.T) {
	list, err := drawSamples(t.Context(), t.TempDir(), 64, 48)
	require.NoError(t, err)
	e, err := luna.New(codecs.Default(), nil)
	require.NoError(t, err)
	var spaces []string
	for _, s := range list {
		m := metadata(t.Context(), t, e, s.path)
		require.Equal(t, []any{64, 48, "jpeg"}, []any{m.Width, m.Height, m.Format})
		require.Equal(t, strings.HasSuffix(s.name, "progressive"), m.IsProgressive)
		spaces = append(spaces, m.Space)
	}
	require.Equal(t, []string{"srgb", "srgb", "srgb", "b-w", "srgb"}, spaces)
}

func metadata(ctx context.Context, t *testing.T, e *luna.Engine, path string) *luna.Metadata {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	m, err := e.Metadata(ctx, f)
	require.NoError(t, err)
	return m
}

func TestWriteQuality(t *testing.T) {
	var b strings.Builder
	writeQuality(&b, nil)
	require.Empty(t, b.String())
	writeQuality(&b, []fidelity{
		{source: "a.jpg", view: "400 wide", us: []float64{50, 40, 41.2}, them: []float64{50.31, 40, 41}},
		{source: "b.jpg", view: "400 wide", us: []float64{50, 40, 41}, them: []float64{50.29, 40, 41}},
		{source: "c.jpg", view: "400 wide", failure: "broken"},
	})
	require.Contains(t, b.String(), "| a.jpg | 400 wide | 50.0 | 50.3 | -0.3 | 40.0 | 40.0 | +0.0 | 41.2 | 41.0 | +0.2 | **over 0.3 dB below** |\n")
	require.Contains(t, b.String(), "| b.jpg | 400 wide | 50.0 | 50.3 | -0.3 | 40.0 | 40.0 | +0.0 | 41.0 | 41.0 | +0.0 | |\n")
	require.Contains(t, b.String(), "Of 3 results 2 are more than 0.3 dB below sharp's; the worst difference is -0.31 dB.")
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "|") {
			require.Equal(t, 12, strings.Count(line, "|")-1, line)
		}
	}
}
