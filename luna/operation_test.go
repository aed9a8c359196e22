package luna

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

func same(m image.Image) (image.Image, error) { return m, nil }

// operation returns one that tells its parameters in plans.
func operation(f op.Func) Operation {
	return Operation{Revision: "1", New: func(parameters json.RawMessage) (op.Op, error) {
		f := f
		f.Label = string(parameters)
		return &f, nil
	}}
}

func TestOperations(t *testing.T) {
	photo := shaped(40, 30, pixel.YCbCr420)
	clear := shaped(40, 30, pixel.RGBA)
	webp := sink{name: "webp"}
	opts := &Options{MaxOutputSide: 100, Operations: map[string]Operation{
		"x-same":   operation(op.Func{Apply: same, Opaque: true}),
		"x-alpha":  operation(op.Func{Apply: same}),
		"x-double": operation(op.Func{Apply: same, Size: func(w, h int) (int, int) { return 2 * w, 2 * h }}),
		"x-flop":   {Revision: "1", New: func(json.RawMessage) (op.Op, error) { return op.Flop{}, nil }},
		"x-bad":    {Revision: "1", New: func(json.RawMessage) (op.Op, error) { return nil, errors.New("level is missing") }},
		"x-never": {Revision: "1", New: func(json.RawMessage) (op.Op, error) {
			return nil, fmt.Errorf("not on Sundays: %w", ErrImpossible)
		}},
		"x-nothing": {Revision: "1", New: func(json.RawMessage) (op.Op, error) { return nil, nil }},
		"x-panics":  {Revision: "1", New: func(json.RawMessage) (op.Op, error) { panic("boom") }},
	}}
	custom := func(name, parameters string) edit.Edit {
		return edit.Custom{Operation: name, Parameters: json.RawMessage(parameters)}
	}
	for _, tt := range []struct {
		name  string
		from  codec.Decoder
		edits []edit.Edit
		want  string
	}{
		{
			"parameters are canonical", photo, []edit.Edit{custom("x-same", `{ "b" : 1.0, "a":[ ] }`)},
			`decode fake to 40x30 | convert to rgb | {"a":[],"b":1} | encode webp q90`,
		},
		{"none", clear, []edit.Edit{edit.Custom{Operation: "x-same"}}, `decode fake to 40x30 | null | encode webp q90`},
		{
			"alpha that comes about is minded", photo, []edit.Edit{custom("x-alpha", `1`), edit.Blur(2)},
			`decode fake to 40x30 | convert to rgb | 1 | premultiply | blur 2 | unpremultiply | encode webp q90`,
		},
		{
			"and a new size", photo, []edit.Edit{custom("x-double", `1`), edit.Resize{Width: 40, Upscale: new(true)}},
			`decode fake to 40x30 | convert to rgb | 1 | premultiply | resize 40x30 | unpremultiply | encode webp q90`,
		},
		{"any op", photo, []edit.Edit{custom("x-flop", `1`)}, `decode fake to 40x30 | flop | encode webp q90`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := planOf(t, tt.from, webp, opts, tt.edits, nil)
			require.NoError(t, err)
			require.Equal(t, tt.want, p.String()[:strings.LastIndex(p.String(), " | ")])
		})
	}
	for _, tt := range []struct {
		name    string
		edits   []edit.Edit
		status  int
		message string
	}{
		{"not registered", []edit.Edit{custom("x-other", `1`)}, 422, "x-other"},
		{"bad parameters", []edit.Edit{custom("x-bad", `1`)}, 400, `edit "x-bad": option out of range: level is missing`},
		{"impossible", []edit.Edit{custom("x-never", `1`)}, 422, "not on Sundays"},
		{"no op", []edit.Edit{custom("x-nothing", `1`)}, 500, "x-nothing"},
		{"a panic", []edit.Edit{custom("x-panics", `1`)}, 500, "boom"},
		{"too large", []edit.Edit{custom("x-double", `1`), custom("x-double", `1`)}, 422, "160x120"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := planOf(t, photo, webp, opts, tt.edits, nil)
			require.ErrorContains(t, err, tt.message)
			require.Equal(t, tt.status, StatusCode(err))
		})
	}
}

func TestOperationsAreChecked(t *testing.T) {
	ok := operation(op.Func{Apply: same})
	for name, o := range map[string]Operation{
		"vignette": ok, "x-": ok, "x-ä": ok, "x-" + strings.Repeat("a", 63): ok,
		"x-a": {New: ok.New}, "x-b": {Revision: "1"},
	} {
		_, err := New(nil, &Options{Operations: map[string]Operation{name: o}})
		require.ErrorContains(t, err, "Options.Operations")
		require.ErrorContains(t, err, name)
	}
}

func TestOperationsAreInTheRevision(t *testing.T) {
	revision := func(operations map[string]Operation) string {
		e, err := New(nil, &Options{Operations: operations})
		require.NoError(t, err)
		return e.Revision()
	}
	a := operation(op.Func{Apply: same})
	b := a
	b.Revision = "2"
	seen := map[string]bool{}
	for _, operations := range []map[string]Operation{
		nil, {"x-a": a}, {"x-b": a}, {"x-a": b}, {"x-a": a, "x-b": a}, {"x-a": a, "x-b": b}, {"x-a": b, "x-b": a},
	} {
		r := revision(operations)
		require.False(t, seen[r], "%v", operations)
		seen[r] = true
	}
	require.True(t, seen[revision(map[string]Operation{})])
}

// The engine keeps no map that its caller may change.
func TestOperationsAreCopied(t *testing.T) {
	operations := map[string]Operation{"x-a": operation(op.Func{Apply: same})}
	e, err := New(nil, &Options{Operations: operations})
	require.NoError(t, err)
	delete(operations, "x-a")
	require.Contains(t, e.opts.Operations, "x-a")
}

// A failing Apply ends one transform, at its stage, and nothing else.
func TestOperationFails(t *testing.T) {
	for _, tt := range []struct {
		apply  func(image.Image) (image.Image, error)
		status int
	}{
		{func(image.Image) (image.Image, error) { return nil, errors.New("boom") }, 500},
		{func(image.Image) (image.Image, error) { return nil, fmt.Errorf("boom: %w", ErrImpossible) }, 422},
		{func(image.Image) (image.Image, error) { panic("boom") }, 500},
	} {
		c := shaped(4, 3, pixel.RGB)
		e, err := New([]codec.Codec{c, sink{name: "webp"}}, &Options{Operations: map[string]Operation{
			"x-a": operation(op.Func{Apply: tt.apply}),
		}})
		require.NoError(t, err)
		_, err = e.Transform(t.Context(), new(bytes.Buffer), strings.NewReader("fake"), []edit.Edit{edit.Custom{Operation: "x-a"}}, &edit.Output{Format: "webp"})
		require.ErrorContains(t, err, "boom")
		require.Equal(t, tt.status, StatusCode(err))
	}
}

func TestTablesFuse(t *testing.T) {
	p, err := planOf(t, shaped(40, 30, pixel.RGBA), sink{name: "webp"}, nil, []edit.Edit{
		edit.Invert(true), edit.Contrast(10), edit.Gamma(2), edit.Flop(true), edit.Sigmoid{Midpoint: .5, Factor: 2}, edit.Invert(true),
	}, nil)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(p.String(), "decode fake to 40x30 | lut | flop | lut | encode webp q90"), p.String())
	first := p.Ops[0].(op.LUT)
	for v := range 256 {
		w := gamma(2).Red[contrast(10).Red[255-v]]
		require.Equal(t, w, first.Red[v])
	}
}

// What an edit made gray can be tinted; what came gray stays so.
func TestTintOfGray(t *testing.T) {
	for layout, want := range map[pixel.Layout]string{pixel.RGBA: "rgba", pixel.RGB: "rgb", pixel.Gray: "rgb"} {
		p, err := planOf(t, shaped(4, 3, layout), sink{name: "webp"}, nil, []edit.Edit{edit.Grayscale(true), edit.Tint{R: 255}}, nil)
		require.NoError(t, err)
		require.Contains(t, p.String(), "grayscale | convert to "+want+" | tint")
	}
	p, err := planOf(t, shaped(4, 3, pixel.Gray), sink{name: "webp"}, nil, []edit.Edit{edit.Tint{R: 255}}, nil)
	require.NoError(t, err)
	require.Equal(t, pixel.Gray, p.Shape.Layout)
}
