package edit_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

func ladderRequest() *edit.Request {
	return &edit.Request{
		Key:     "hero.jpg",
		Edits:   []edit.Edit{edit.Flip(true), edit.Resize{Width: 800, Height: 600}, edit.Resize{Width: 10}},
		Output:  &edit.Output{Quality: 80},
		Version: "2",
		Expires: new(int64(5)),
		Ladder: &edit.Ladder{
			Widths:    []int{400, 801, 1200},
			Densities: []float64{1, 1.5, 2},
			Formats:   []edit.Format{edit.FormatAVIF, edit.FormatJPEG},
		},
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct {
		width   int
		density float64
		format  edit.Format
		query   string

		wantWidth  int
		wantFormat edit.Format
	}{
		{400, 0, "", "w=400", 400, ""},
		{400, 1, "", "w=400&dpr=1", 400, ""},
		{801, 1.5, "", "w=801&dpr=1.5", 1202, ""}, // 1201.5
		{1200, 2, "avif", "w=1200&dpr=2&fm=avif", 2400, "avif"},
		{1200, 0, "jpeg", "w=1200&fm=jpeg", 1200, "jpeg"},
	} {
		r := ladderRequest()
		got, err := r.Resolve(c.width, c.density, c.format)
		require.NoError(t, err)
		require.Equal(t, ladderRequest(), r, "the request has changed")
		want := ladderRequest()
		want.Ladder = nil
		want.Edits[1] = edit.Resize{Width: c.wantWidth, Height: 600}
		want.Output.Format = c.wantFormat
		require.Equal(t, want, got)

		require.Equal(t, c.query, r.Ladder.Query(c.width, c.density, c.format))
		got, err = r.ResolveQuery(c.query)
		require.NoError(t, err)
		require.Equal(t, want, got)
		_, err = got.Canonical()
		require.NoError(t, err)
	}
	// An output comes to be where there was none.
	r := ladderRequest()
	r.Output = nil
	got, err := r.Resolve(400, 0, edit.FormatAVIF)
	require.NoError(t, err)
	require.Equal(t, &edit.Output{Format: edit.FormatAVIF}, got.Output)
}

func TestResolveRefuses(t *testing.T) {
	for _, c := range []struct {
		width   int
		density float64
		format  edit.Format
		want    []string
	}{
		{0, 0, "", []string{"ladder.widths: must have the chosen width 0"}},
		{500, 0, "", []string{"ladder.widths: must have the chosen width 500"}},
		{400, 3, "", []string{"ladder.densities: must have the chosen density 3"}},
		{400, math.NaN(), "", []string{"ladder.densities: must have the chosen density NaN"}},
		{400, 0, "webp", []string{`ladder.formats: must have the chosen format "webp"`}},
		{1, -1, "x", []string{"ladder.widths: must have the chosen width 1", "ladder.densities: must have the chosen density -1", `ladder.formats: must have the chosen format "x"`}},
	} {
		_, err := ladderRequest().Resolve(c.width, c.density, c.format)
		require.Equal(t, c.want, faults(t, err))
	}
	r := ladderRequest()
	r.Ladder = nil
	_, err := r.Resolve(400, 0, "")
	require.Equal(t, []string{"ladder: is missing: the request stands for one picture only"}, faults(t, err))
	r = ladderRequest()
	r.Edits = nil
	_, err = r.Resolve(400, 0, "")
	require.Equal(t, []string{"ladder.widths: must have a resize among the edits to go into"}, faults(t, err))
}

// A choice has one spelling.
func TestResolveQueryRefuses(t *testing.T) {
	for _, query := range []string{
		"", "w=", "w=0400", "w=+400", "w=4e2", "w=400.0", "w= 400", "w=400 ", "W=400", "?w=400", "w=400&", "w=400&w=400", "w=400&sig=00",
		"w=400&dpr=", "w=400&dpr=1.0", "w=400&dpr=01", "w=400&dpr=0", "w=400&dpr=1e0", "w=400&dpr=+1", "w=400&dpr=NaN", "w=400&dpr=Inf", "w=400&dpr=1.50",
		"w=400&dpr=3", "w=400&dpr=-1", "w=400&dpr=1e999", "w=400&dpr=1&dpr=1", "dpr=1&w=400", "w=400&fm=avif&dpr=1",
		"w=400&fm=", "w=400&fm=AVIF", "w=400&fm=webp", "w=400&fm=avif&fm=avif", "w=400&fm=%61vif", "w=500", "w=-400", "w=99999999999999999999",
		"w=400&dpr=1&fm=avif&x=1",
	} {
		_, err := ladderRequest().ResolveQuery(query)
		require.Error(t, err, query)
		require.Contains(t, faults(t, err)[0], "ladder")
	}
}

func TestLadderFaults(t *testing.T) {
	const seventeen = "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"
	for _, c := range []struct{ members, fault string }{
		{`"ladder":{}`, "ladder.widths: is required: must be a list of numbers"},
		{`"ladder":[400]`, "ladder: must be an object, not a list"},
		{`"ladder":{"widths":400}`, "ladder.widths: must be a list of numbers, not 400"},
		{`"ladder":{"widths":[]}`, "ladder.widths: must have 1 to 16 entries, not 0"},
		{`"ladder":{"widths":[` + seventeen + `]}`, "ladder.widths: must have 1 to 16 entries, not 17"},
		{`"ladder":{"widths":[1,"2"]}`, `ladder.widths[1]: must be a number, not "2"`},
		{`"ladder":{"widths":[0]}`, "ladder.widths[0]: must be a whole number from 1 to 16383, not 0"},
		{`"ladder":{"widths":[16384]}`, "ladder.widths[0]: must be a whole number from 1 to 16383, not 16384"},
		{`"ladder":{"widths":[1.5]}`, "ladder.widths[0]: must be a whole number from 1 to 16383, not 1.5"},
		{`"ladder":{"widths":[1e300]}`, "ladder.widths[0]: must be a whole number from 1 to 16383, not 1e+300"},
		{`"ladder":{"widths":[1],"densities":[]}`, "ladder.densities: must have 1 to 16 entries, not 0"},
		{`"ladder":{"widths":[1],"densities":[` + seventeen + `]}`, "ladder.densities: must have 1 to 16 entries, not 17"},
		{`"ladder":{"widths":[1],"densities":[0]}`, "ladder.densities[0]: must be a number above 0, not 0"},
		{`"ladder":{"widths":[1],"densities":[1,0.4]}`, "ladder.densities[1]: must give widths from 1 to 16383, not 0 for 1"},
		{`"ladder":{"widths":[100,16000],"densities":[1,2]}`, "ladder.densities[1]: must give widths from 1 to 16383, not 32000 for 16000"},
		{`"ladder":{"widths":[1],"formats":[]}`, "ladder.formats: must have 1 to 16 entries, not 0"},
		{`"ladder":{"widths":[1],"formats":["jpg"]}`, `ladder.formats[0]: must be one of webp, jpeg, png, avif, gif, jp2, tiff, heif, auto, not "jpg"`},
		{`"ladder":{"widths":[1],"formats":[1]}`, `ladder.formats[0]: must be one of webp, jpeg, png, avif, gif, jp2, tiff, heif, auto, not 1`},
		{`"ladder":{"widths":[1],"formats":["avif","jpeg"]},"output":{"effort":6}`,
			"ladder.formats[1]: must go with output.effort, which must be left out: it is for webp and avif, and the format is jpeg"},
		{`"ladder":{"widths":[1],"formats":["webp"]},"output":{"format":"avif","effort":7}`,
			"ladder.formats[0]: must go with output.effort, which must be a whole number from 0 to 6 for webp, not 7"},
		{`"ladder":{"widths":[1],"width":1}`, "ladder.width: is unknown: the members here are widths, densities, formats"},
	} {
		_, err := edit.Parse([]byte(`{"key":"a","edits":[{"resize":{"width":1}}],`+c.members+`}`), nil)
		require.Error(t, err, c.members)
		require.Equal(t, []string{c.fault}, faults(t, err))
	}
	_, err := edit.Parse([]byte(`{"key":"a","ladder":{"widths":[1]}}`), nil)
	require.Equal(t, []string{"ladder.widths: must have a resize among the edits to go into"}, faults(t, err))

	for _, c := range []struct {
		ladder edit.Ladder
		fault  string
	}{
		{edit.Ladder{}, "ladder.widths: must have 1 to 16 entries, not 0"},
		{edit.Ladder{Widths: []int{16384}}, "ladder.widths[0]: must be a whole number from 1 to 16383, not 16384"},
		{edit.Ladder{Widths: []int{1}, Densities: []float64{}}, "ladder.densities: must have 1 to 16 entries, not 0"},
		{edit.Ladder{Widths: []int{1}, Densities: []float64{math.NaN()}}, "ladder.densities[0]: must be a number above 0, not NaN"},
		{edit.Ladder{Widths: []int{1}, Formats: []edit.Format{"\xff"}}, `ladder.formats[0]: must be one of webp, jpeg, png, avif, gif, jp2, tiff, heif, auto, not "\xff"`},
	} {
		r := &edit.Request{Key: "a", Edits: []edit.Edit{edit.Resize{Width: 1}}, Ladder: &c.ladder}
		require.Equal(t, []string{c.fault}, faults(t, r.Validate(nil)))
	}
}
