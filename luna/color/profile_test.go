package color

import (
	"encoding/binary"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/internal/testicc"
	"github.com/immagin/immagin-go/luna/pixel"
)

func TestParse(t *testing.T) {
	tests := []struct {
		profile     []byte
		space       Space
		description string
		plain       bool
	}{
		{testicc.P3(), RGB, "Display P3", false},
		{testicc.SRGB(), RGB, "sRGB IEC61966-2.1", true},
		{testicc.AdobeRGB(), RGB, "Adobe RGB (1998)", false},
		{testicc.Gray(testicc.Gamma(2.2)), Gray, "Gray", false},
		{testicc.Profiles()["gray-srgb"], Gray, "Gray", true},
		{testicc.CMYK(true), CMYK, "Press", false},
		{testicc.RGBmAB(), RGB, "Monitor by table", false},
	}
	for _, tt := range tests {
		p, err := Parse(tt.profile)
		require.NoError(t, err)
		require.Equal(t, tt.space, p.Space())
		require.Equal(t, tt.description, p.Description())
		require.Equal(t, tt.plain, New(p).Plain(), tt.description)
	}
}

func TestParseRefuses(t *testing.T) {
	edit := func(f func(b []byte) []byte) []byte { return f(testicc.P3()) }
	lut := func(at int, v byte) []byte { // of the table of a press
		b := testicc.CMYK(true)
		i := strings.Index(string(b), "mft2")
		b[i+at] = v
		return b
	}
	tests := map[string]struct {
		profile []byte
		err     string
	}{
		"nothing":         {nil, "0 bytes"},
		"no signature":    {edit(func(b []byte) []byte { b[36] = 0; return b }), "no signature"},
		"space":           {edit(func(b []byte) []byte { copy(b[16:], "HSV "); return b }), `the colour space "HSV "`},
		"class":           {edit(func(b []byte) []byte { copy(b[12:], "link"); return b }), `the class "link"`},
		"connection":      {edit(func(b []byte) []byte { copy(b[20:], "RGB "); return b }), `the connection space "RGB "`},
		"tags":            {edit(func(b []byte) []byte { b[128] = 1; return b }), "tags in"},
		"cut off":         {edit(func(b []byte) []byte { return b[:300] }), "neither a table nor curves"},
		"inks":            {lut(8, 3), "a table from 3 to 3 channels"},
		"grid too large":  {lut(10, 255), "a table of 255 points"},
		"grid of a point": {lut(10, 1), "a table of 1 points"},
		"curves":          {testicc.Gray([]byte("curv\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00")), "a curve of 4294967295 entries"},
		"formula":         {testicc.Gray([]byte("para\x00\x00\x00\x00\x00\x07\x00\x00")), "a parametric curve of type 7"},
		"curve type":      {testicc.Gray([]byte("sf32\x00\x00\x00\x00\x00\x00\x00\x00")), `a curve of type "sf32"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(tt.profile)
			require.ErrorIs(t, err, ErrProfile)
			require.ErrorContains(t, err, tt.err)
		})
	}
}

// TestTruncated profiles are refused, or are of those tags that are left.
func TestTruncated(t *testing.T) {
	for name, profile := range testicc.Profiles() {
		step := 1 + len(profile)/400
		for n := 0; n < len(profile)-3; n += step {
			if _, err := Parse(profile[:n]); err != nil {
				require.ErrorIs(t, err, ErrProfile, "%s at %d", name, n)
			}
		}
	}
}

// TestNeutral holds grays to be gray, and white to be white.
func TestNeutral(t *testing.T) {
	for _, name := range []string{"p3", "adobe", "prophoto"} {
		p, err := Parse(testicc.Profiles()[name])
		require.NoError(t, err)
		var samples []uint8
		for v := range 256 {
			samples = append(samples, uint8(v), uint8(v), uint8(v))
		}
		rgb := apply(New(p), samples, false)
		for v := range 256 {
			c := rgb[3*v:]
			require.LessOrEqual(t, max(c[0], c[1], c[2])-min(c[0], c[1], c[2]), uint8(1), "%s %d", name, v)
		}
		require.Equal(t, []uint8{255, 255, 255}, rgb[3*255:])
	}
}

func TestLayouts(t *testing.T) {
	tests := []struct {
		profile      []byte
		has, in, out pixel.Layout
	}{
		{testicc.P3(), pixel.YCbCr420, pixel.RGB, pixel.RGB},
		{testicc.P3(), pixel.RGBA, pixel.RGBA, pixel.RGBA},
		{testicc.P3(), pixel.Gray, 0, 0},
		{testicc.P3(), pixel.CMYK, 0, 0},
		{testicc.CMYK(true), pixel.CMYK, pixel.CMYK, pixel.RGB},
		{testicc.CMYK(true), pixel.RGB, 0, 0},
		{testicc.GrayLab(), pixel.GrayAlpha, pixel.GrayAlpha, pixel.GrayAlpha},
		{testicc.GrayLab(), pixel.YCbCr420, 0, 0},
	}
	for _, tt := range tests {
		p, err := Parse(tt.profile)
		require.NoError(t, err)
		tr := New(p)
		require.Equal(t, tt.in, tr.In(tt.has))
		require.Equal(t, tt.out, tr.Out(tr.In(tt.has)))
	}
}

func TestCache(t *testing.T) {
	c := NewCache(2)
	p3, err := c.Transform(testicc.P3())
	require.NoError(t, err)
	again, err := c.Transform(testicc.P3())
	require.NoError(t, err)
	require.Same(t, p3, again)
	_, err = c.Transform([]byte("none"))
	require.ErrorIs(t, err, ErrProfile)
	_, err = c.Transform(testicc.AdobeRGB())
	require.NoError(t, err)
	require.Len(t, c.known, 2)
	again, err = c.Transform(testicc.P3())
	require.NoError(t, err)
	require.NotSame(t, p3, again, "the oldest was let go")
}

// TestConcurrentUse makes the tables of one transform in several goroutines.
func TestConcurrentUse(t *testing.T) {
	p, err := Parse(testicc.CMYK(true))
	require.NoError(t, err)
	tr := New(p)
	want := apply(New(p), chart(4), false)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := apply(tr, chart(4), false); string(got) != string(want) {
				t.Error("tables differ")
			}
		})
	}
	wg.Wait()
}

func TestPower(t *testing.T) {
	for _, y := range []float64{0.1, 1 / 2.4, 1, 1.8, 2.2, 2.4, 5, -1.5} {
		for i := 1; i < 3000; i++ {
			x := float64(i) / 700
			require.InEpsilon(t, math.Pow(x, y), power(x, y), 1e-13, "%v to %v", x, y)
		}
	}
	require.Zero(t, power(0, 2))
	require.Zero(t, power(math.NaN(), 2))
	require.Equal(t, 1., power(1, 7))
	require.NotPanics(t, func() { power(math.MaxFloat64, 30000) })
}

// FuzzParse reads anything, and converts by what it could read.
func FuzzParse(f *testing.F) {
	for name, profile := range testicc.Profiles() {
		if len(profile) < 8<<10 || name == "rgb-mab" {
			f.Add(profile)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data)
		if err != nil {
			require.ErrorIs(t, err, ErrProfile)
			return
		}
		e := newEvaluation(p)
		n := p.space.channels()
		for _, v := range [][4]float64{{}, {1, 1, 1, 1}, {.1, .7, .3, .9}} {
			for _, w := range e.rgb(v) {
				require.True(t, w >= 0 && w <= 1, "%v", w)
			}
		}
		if p.space != CMYK { // its table takes long
			tr := New(p)
			apply(tr, chart(n)[:n*64], false)
			apply(tr, chart(n)[:n*64], true)
		}
	})
}

// TestHostileNumbers are those that overflow sums.
func TestHostileNumbers(t *testing.T) {
	b := testicc.AdobeRGB()
	for at := 200; ; {
		i := strings.Index(string(b[at:]), "XYZ ")
		if i < 0 {
			break
		}
		at += i + 8
		binary.BigEndian.PutUint32(b[at:], 0x7fffffff)
		binary.BigEndian.PutUint32(b[at+4:], 0x80000000)
	}
	p, err := Parse(b)
	require.NoError(t, err)
	for _, deep := range []bool{false, true} {
		require.NotPanics(t, func() { apply(New(p), chart(3), deep) })
	}
}
