package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/luna/pixel"
)

// inside is our side in this process, in sharp's place as well: it encodes raw
// pixels, and makes some of any picture.
type inside struct {
	t *testing.T
	*worker
	orders []order
	fail   error
}

func newInside(t *testing.T) *inside {
	return &inside{t: t, worker: &worker{files: map[string][]byte{}, raws: map[string]*pixel.Image{}}}
}

func (s *inside) do(o order) (answer, error) {
	s.orders = append(s.orders, o)
	if s.fail != nil {
		return answer{}, s.fail
	}
	if o.Raw != nil {
		return s.encode(s.t.Context(), o)
	}
	m := scene.Landscape(curveWidth, 8)
	var rgb []byte
	for i := 0; i < len(m.Pix); i += 4 {
		rgb = append(rgb, m.Pix[i:i+3]...)
	}
	return answer{Bytes: len(rgb)}, os.WriteFile(o.Save, rgb, 0o644)
}

func (s *inside) close() error { return nil }

func TestCurves(t *testing.T) {
	photographs, keep := t.TempDir(), filepath.Join(t.TempDir(), "kept")
	require.NoError(t, os.WriteFile(filepath.Join(photographs, "a.jpg"), []byte("x"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(photographs, "b.png"), []byte("x"), 0o644))
	b := &bench{dir: t.TempDir()}
	s := settings{photographs: photographs, keep: keep, qualities: []int{40, 80}, efforts: []int{4}}
	us, them := newInside(t), newInside(t)
	var progress bytes.Buffer
	list, err := b.allCurves(us, them, s, &progress)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Empty(t, list[0].failure)
	require.Len(t, list[0].curves, 2)
	require.Len(t, them.orders, 2+2*2, "pixels and two files each")
	require.Len(t, us.orders, 2*2)
	require.Equal(t, []string{"s.webp({quality: 80, effort: 4})"}, them.orders[2].Tasks[0].Sharp)
	var page strings.Builder
	writeCurves(&page, s.qualities, list)
	require.Contains(t, page.String(), "| mean | +0.00 | +0.00 | +0.00 | 1.000 | +0.00 | 1.000 | +0.00 |\n")

	// What is kept is not made again, so that sharp need not be there.
	again, err := b.allCurves(us, nil, s, &progress)
	require.NoError(t, err)
	require.Equal(t, list, again)
	s.qualities = []int{40, 81}
	_, err = b.allCurves(us, nil, s, &progress)
	require.ErrorContains(t, err, "sharp is not there")

	us.fail = errors.New("broken")
	s.qualities = []int{40, 80}
	list, err = b.allCurves(us, nil, s, &progress)
	require.NoError(t, err)
	require.Equal(t, "broken", list[0].failure)
	page.Reset()
	writeCurves(&page, s.qualities, list)
	require.Contains(t, page.String(), "Effort 4: broken\n")

	s.only = "no such"
	_, err = b.allCurves(us, nil, s, &progress)
	require.ErrorContains(t, err, "no photographs")
	_, err = new(bench).compareCurves(t.Context(), settings{}, nil)
	require.ErrorContains(t, err, "takes sharp")
}

func TestEncoders(t *testing.T) {
	us, them := newInside(t), newInside(t)
	dir := t.TempDir()
	small, err := makeRaw(them, dir, source{path: "x"}, curveWidth, 0)
	require.NoError(t, err)
	require.Equal(t, raw{curveWidth, 8, 3}, small.raw)
	transparent, err := veil(small)
	require.NoError(t, err)
	names := map[string]bool{}
	for _, j := range rawJobs(small, rawPicture{name: "small", path: small.path, raw: small.raw}, transparent) {
		require.False(t, names[j.name()], j.name())
		names[j.name()] = true
		if j.encoding.Effort != 4 || names["measured"] && !j.encoding.Lossless {
			continue
		}
		names["measured"] = true
		r, err := raceRaw(us, them, j, 2)
		require.NoError(t, err)
		require.Empty(t, r.failure)
		require.Len(t, r.one.wall, 2)
		require.Len(t, r.two.wall, 2)
		require.Len(t, r.them.cpu, 2)
		require.Equal(t, r.one.bytes, r.them.bytes)
	}
	require.True(t, names["1200 wide RGBA, lossless, effort 4"])
	require.True(t, names["small RGB, q75, effort 0"])
	require.Equal(t, []int{1, 2}, []int{us.orders[0].Encode.Workers, us.orders[1].Encode.Workers})

	us.fail = errors.New("broken")
	r, err := raceRaw(us, them, rawJobs(small, small, transparent)[0], 2)
	require.NoError(t, err)
	require.Equal(t, "broken", r.failure)
	var page strings.Builder
	writeEncoders(&page, nil)
	require.Empty(t, page.String())
	writeEncoders(&page, []encoderRow{r, {name: "fine", one: takes(60, 50, 0, 1000), two: takes(30, 55, 0, 1000), them: takes(120, 100, 0, 1010)}})
	require.Contains(t, page.String(), "| fine | 50.0 | 100.0 | 0.50 | 60.0 | 30.0 | 120.0 | 0.50 | 0.25 | 1000 | 0.99 |\n")
	for line := range strings.Lines(page.String()) {
		if strings.HasPrefix(line, "|") {
			require.Equal(t, 11, strings.Count(line, "|")-1, line)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	s := newInside(t)
	path := filepath.Join(t.TempDir(), "x")
	require.NoError(t, os.WriteFile(path, make([]byte, 12), 0o644))
	for _, test := range []struct {
		order order
		about string
	}{
		{order{Raw: &raw{2, 2, 3}, Count: 1, Workers: 2, Tasks: []task{{job{}, path}}}, "one is meant"},
		{order{Raw: &raw{2, 2, 3}, Count: 1, Workers: 1}, "one is meant"},
		{order{Raw: &raw{2, 2, 4}, Count: 1, Workers: 1, Tasks: []task{{job{}, path}}}, "12 bytes are not 2x2 pixels of 4 samples"},
		{order{Raw: &raw{2, 2, 3}, Count: 1, Workers: 1, Tasks: []task{{job{}, path + ".not"}}}, "no such file"},
	} {
		_, err := s.do(test.order)
		require.ErrorContains(t, err, test.about)
	}
}
