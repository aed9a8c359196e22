package luna

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/internal/sharpref"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/png"
)

var update = flag.Bool("update", false, "write the parity page instead of comparing with it")

// A bound is how far a set of cases may be from sharp.
type bound struct {
	set   string
	cases int     // at least
	most  int     // the largest difference of a sample
	share float64 // of the samples that differ
}

// bounds are the certificate, in the order of its page.
func bounds() []bound {
	return []bound{
		{"resize", 400, 0, 0},
		{"crop", 60, 0, 0},
		{"extend", 60, 0, 0},
		{"flip", 60, 0, 0},
		{"flop", 60, 0, 0},
		{"quarter turn", 60, 0, 0},
		{"orientation", 60, 0, 0},
		{"tint", 60, 0, 0},
		{"blur", 60, 0, 0},
		{"flatten", 60, 0, 0},
		{"invert", 60, 0, 0},
		{"trim", 60, 0, 0},
		{"grayscale", 60, 0, 0},
		{"modulate", 60, 1, .005},
		{"normalize", 60, 1, .005},
		{"sharpen", 60, 0, 0},
		{"rotate by other angles", 60, 1, .005},
		{"image layer", 60, 1, .005},
		{"resize of 16 bits", 60, 0, 0},
	}
}

// A tally is what came of a set.
type tally struct {
	bound
	sharpref.Difference
	run    int
	failed []string // what is wrong, case by case
}

// runSet puts every case of s through the engine.
func runSet(t *testing.T, e *Engine, s sharpref.Set, b bound) tally {
	r := tally{bound: b}
	for _, c := range s.Cases {
		got, err := runCase(e, c)
		r.run++
		switch {
		case c.Error != "":
			if StatusCode(err) != 422 {
				r.fail(c, fmt.Errorf("sharp refuses this (%s); here the error is %v", c.Error, err))
			}
		case err != nil:
			r.fail(c, err)
		default:
			d, err := sharpref.Compare(got, c.Result)
			r.Add(d)
			if err == nil && d.Most > b.most {
				err = fmt.Errorf("differs by %v", d)
			}
			if err != nil {
				r.fail(c, err)
			}
		}
	}
	t.Logf("%s: %d cases, %v", s.Name, r.run, r.Difference)
	return r
}

func (r *tally) fail(c sharpref.Case, err error) {
	r.failed = append(r.failed, fmt.Sprintf("%s %s of %s: %v", c.Name, c.Edits, c.Picture, err))
}

// check reports what broke the bound.
func (r *tally) check(t *testing.T) {
	some(t, r.failed)
	if r.Share() > r.share {
		t.Errorf("%s: %.3g %% of the samples differ; %.3g %% may", r.set, 100*r.Share(), 100*r.share)
	}
}

// some reports a few of the failures.
func some(t *testing.T, failures []string) {
	const most = 12
	for i, f := range failures {
		if i == most {
			t.Errorf("and %d more", len(failures)-most)
			return
		}
		t.Error(f)
	}
}

// runCase returns what the engine makes of the case, as PNG. Enlargements
// sample where libvips 8.18 does, which is what sharp has.
func runCase(e *Engine, c sharpref.Case) ([]byte, error) {
	r, err := edit.Parse(fmt.Appendf(nil, `{"key":"picture","edits":%s}`, c.Edits), nil)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	o, p, err := e.WithLayers(overlays(c.Overlay)).prepare(ctx, bytes.NewReader(c.Input), r.Edits, &edit.Output{Format: edit.FormatPNG})
	if err != nil {
		return nil, err
	}
	for i, o := range p.Ops {
		switch o := o.(type) {
		case op.Resample:
			o.Corner = true
			p.Ops[i] = o
		case op.SmartCrop:
			o.Corner = true
			p.Ops[i] = o
		}
	}
	var out bytes.Buffer
	_, err = e.render(ctx, o, p, &out)
	return out.Bytes(), err
}

func parityEngine(t *testing.T) *Engine {
	e, err := New([]codec.Codec{png.Codec{}}, nil)
	require.NoError(t, err)
	return e
}

// TestParity holds every edit against what sharp made of the same pixels, and
// the page that says so against the result.
func TestParity(t *testing.T) {
	sets, err := sharpref.Read(sharpref.Recorded())
	require.NoError(t, err)
	byName := map[string]sharpref.Set{}
	for _, s := range sets {
		byName[s.Name] = s
	}
	e := parityEngine(t)
	var tallies []tally
	for _, b := range bounds() {
		t.Run(b.set, func(t *testing.T) {
			s := byName[b.set]
			require.GreaterOrEqual(t, len(s.Cases), b.cases, "there are too few records")
			r := runSet(t, e, s, b)
			r.check(t)
			tallies = append(tallies, r)
		})
	}
	require.Len(t, sets, len(bounds()), "there are records that no bound is set for")
	if len(tallies) < len(sets) {
		return // -run chose some
	}
	page := parityPage(sets[0], tallies)
	name := filepath.FromSlash("../examples/docs/parity-with-sharp.md")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(page), 0o644))
		return
	}
	have, err := os.ReadFile(name)
	require.NoError(t, err)
	have = bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n"))
	require.Equal(t, page, string(have), "the page is stale: go test ./luna -run TestParity -update writes it anew")
}

// TestParityOfSizes asks for the sizes of results only.
func TestParityOfSizes(t *testing.T) {
	sizes, err := sharpref.Sizes(sharpref.Recorded())
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(sizes), 2000)
	checkSizes(t, sizes)
}

func checkSizes(t *testing.T, sizes []sharpref.Size) {
	var failures []string
	for _, s := range sizes {
		from := pixel.Shape{Width: s.FromWidth, Height: s.FromHeight, Layout: pixel.Gray}
		e, err := New([]codec.Codec{fake{name: "fake", magic: "fake", info: codec.Info{Shape: from}}, sink{name: "png"}}, &Options{
			MaxOutputSide:   1 << 24,
			MaxPixels:       1 << 40,
			MaxRequestBytes: 1 << 50,
		})
		require.NoError(t, err)
		p, err := e.Explain(t.Context(), strings.NewReader("fake"), []edit.Edit{edit.Resize{
			Width: s.Width, Height: s.Height, Fit: edit.Fit(s.Fit), Upscale: &s.Upscale, Downscale: &s.Downscale,
		}}, &edit.Output{Format: edit.FormatPNG})
		if err != nil {
			failures = append(failures, fmt.Sprintf("%+v: %v", s, err))
			continue
		}
		if got := image.Pt(p.Shape.Width, p.Shape.Height); got != image.Pt(s.ToWidth, s.ToHeight) {
			failures = append(failures, fmt.Sprintf("%+v: our size is %v", s, got))
		}
	}
	some(t, failures)
}

// TestParityLive asks sharp itself, about random cases. It needs node, and
// sharp where node finds it: beside record.mjs or by NODE_PATH.
// IMMAGIN_TEST_COUNT is the number of cases, IMMAGIN_TEST_SEED repeats a run.
func TestParityLive(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	count := number(t, "IMMAGIN_TEST_COUNT", 100)
	seed := number(t, "IMMAGIN_TEST_SEED", int(time.Now().UnixNano()%1e9))
	dir := t.TempDir()
	script := filepath.FromSlash("../internal/sharpref/record.mjs")
	out, err := exec.CommandContext(t.Context(), node, script, "--out", dir, "--random", strconv.Itoa(count), "--seed", strconv.Itoa(seed)).CombinedOutput()
	if strings.Contains(string(out), "Cannot find module 'sharp'") {
		t.Skip("sharp is not installed: npm install beside record.mjs, or set NODE_PATH")
	}
	require.NoError(t, err, "seed %d: %s", seed, out)
	t.Logf("seed %d", seed)
	live(t, os.DirFS(dir), count)
}

func live(t *testing.T, fsys fs.FS, count int) {
	sets, err := sharpref.Read(fsys)
	require.NoError(t, err)
	e := parityEngine(t)
	run := 0
	for _, s := range sets {
		for _, b := range bounds() {
			if b.set != s.Name {
				continue
			}
			r := runSet(t, e, s, b)
			run += len(s.Cases)
			if len(s.Cases) < 60 && b.share > 0 {
				r.share = 1 // a share means little on few cases
			}
			r.check(t)
		}
	}
	require.Equal(t, count, run)
	sizes, err := sharpref.Sizes(fsys)
	require.NoError(t, err)
	require.Len(t, sizes, count)
	checkSizes(t, sizes)
}

func number(t *testing.T, variable string, otherwise int) int {
	s := os.Getenv(variable)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	require.NoError(t, err, variable)
	return n
}
