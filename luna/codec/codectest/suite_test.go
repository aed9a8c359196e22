package codectest

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func newFake(t testing.TB, lacks string) fake {
	f := fake{lacks: lacks, busy: new(atomic.Int32), stop: make(chan struct{})}
	t.Cleanup(func() { close(f.stop) })
	return f
}

// fakePromises are those of a sound fake.
func fakePromises(t testing.TB) Options {
	e := newFake(t, "")
	opts := codec.Options{Density: 123, Metadata: codec.Metadata{EXIF: exif(6, 20)}}
	m := draw(pixel.Shape{Width: 12, Height: 10, Layout: pixel.RGB})
	picture, err := encode(t.Context(), e, m, 0, opts)
	require.NoError(t, err)
	film := filmed(m.Shape, 2, 7)
	film.delays[0] = 330 * time.Millisecond
	animation, err := encodeFilm(t.Context(), e, film, codec.Options{})
	require.NoError(t, err)
	return Options{
		Encodings: []Encoding{{}},
		Files: []Sample{
			{Name: "still", Data: picture, Picture: m, Orientation: 6, Density: 123, Frames: 1},
			{Name: "moving", Data: animation, Frames: 2, Delays: film.delays, Loops: 7},
		},
		EXIF: true, XMP: true, IPTC: true, Density: true,
		Lies: []func([]byte, int, int) []byte{func(file []byte, width, height int) []byte {
			binary.LittleEndian.PutUint16(file[5:], uint16(width))
			binary.LittleEndian.PutUint16(file[7:], uint16(height))
			return file
		}},
		HeaderBytes: 1000,
		Slow:        true,
	}
}

func TestFake(t *testing.T) { Run(t, newFake(t, ""), fakePromises(t)) }

func FuzzFake(f *testing.F) { Fuzz(f, newFake(f, ""), fakePromises(f)) }

// TestSuiteFindsWhatIsLacking: each fake neglects one duty, and exactly the
// checks of that fail.
func TestSuiteFindsWhatIsLacking(t *testing.T) {
	if testing.Short() {
		t.Skip("so many fakes take half a minute")
	}
	o := fakePromises(t)
	found := map[string]bool{}
	for lacks, due := range map[string]string{
		"extension":               "Format",
		"magic":                   "Format",
		"files":                   "Files",
		"a column":                "RoundTrip",
		"what is not seen":        "Transparent",
		"straight alpha":          "Transparent",
		"the last bit":            "Lossless",
		"depth":                   "Deep",
		"opacity":                 "Accepts",
		"quality":                 "Check",
		"agreement with Check":    "Check",
		"strips of any height":    "SameBytes",
		"workers' agreement":      "SamePixels",
		"whole files":             "Truncated",
		"the reader's errors":     "ReadErrors",
		"probe's reader":          "ReadErrors",
		"the writer's errors":     "WriteErrors",
		"an early end":            "SourceErrors",
		"modest lies":             "Lies",
		"few bytes":               "HeaderBytes",
		"order of scales":         "Scales",
		"scaled size":             "Scales",
		"the region's place":      "Region",
		"cancelled decoding":      "DecodeCancelled",
		"cancelled encoding":      "EncodeCancelled",
		"peace":                   "Concurrent",
		"pooled decoding":         "DecodePool",
		"one Put":                 "DecodePool",
		"pooled encoding":         "EncodePool",
		"no goroutines":           "Goroutines",
		"honest decoding":         "DecodeWork",
		"honest encoding":         "EncodeWork",
		"long XMP":                "Metadata",
		"orientation":             "Orientation",
		"density":                 "Density",
		"delays":                  "Animation",
		"an animation's metadata": "Animation",
		"delays of files":         "AnimationFiles",
		"pooled animating":        "Frames",
		"an animation's reader":   "AnimationErrors",
		"cancelled animating":     "AnimationErrors",
		"an empty film's refusal": "AnimationErrors",
		"honest animating":        "AnimationWork",
		"stripping":               "Copy",
		"a copy's frame":          "Copy",
		"whole copies":            "CopyErrors",
	} {
		t.Run(lacks, func(t *testing.T) {
			f := newFake(t, lacks)
			for _, check := range Checks() {
				err := check.run(t.Context(), f, o)
				if check.Name == due {
					require.Error(t, err)
					require.NotErrorIs(t, err, ErrSkip)
					found[due] = true
				} else {
					require.NoError(t, err, check.Name)
				}
			}
		})
	}
	for _, check := range Checks() {
		require.True(t, found[check.Name], "nothing shows that %s finds anything", check.Name)
	}
}

// TestSuiteFindsWhatShowsInSeveralPlaces.
func TestSuiteFindsWhatShowsInSeveralPlaces(t *testing.T) {
	o := fakePromises(t)
	for lacks, due := range map[string]string{
		"sense":              "RoundTrip",
		"an accepted layout": "Accepts",
		"an open source":     "RoundTrip",
		"the last frame":     "Animation",
		"loops":              "Animation",
		"a composed canvas":  "Animation",
		"closed sources":     "Animation",
		"open frames":        "Animation",
	} {
		t.Run(lacks, func(t *testing.T) {
			i := slices.IndexFunc(Checks(), func(c Check) bool { return c.Name == due })
			require.Error(t, Checks()[i].run(t.Context(), newFake(t, lacks), o))
		})
	}
}

// broken panics.
type broken struct{ fake }

func (broken) Probe(io.Reader) (codec.Info, error) { panic("oh") }

func TestSuiteSurvivesPanics(t *testing.T) {
	for _, check := range Checks() {
		if check.Name == "RoundTrip" {
			require.ErrorContains(t, check.run(t.Context(), broken{newFake(t, "")}, Options{}), "RoundTrip panics: oh")
		}
	}
}

// half hides what a codec can.
type onlyDecoder struct{ codec.Decoder }
type onlyEncoder struct{ codec.Encoder }

func TestSuiteAsksNobodyForMoreThanItCan(t *testing.T) {
	o := fakePromises(t)
	for _, c := range []codec.Codec{onlyDecoder{newFake(t, "")}, onlyEncoder{newFake(t, "")}} {
		skipped := 0
		for _, check := range Checks() {
			err := check.run(t.Context(), c, o)
			if errors.Is(err, ErrSkip) {
				skipped++
				continue
			}
			if err != nil && strings.Contains(err.Error(), "are not accepted") && strings.HasPrefix(check.Name, "Deep") {
				continue // the wrapper hides that they are
			}
			require.NoError(t, err, "%T: %s", c, check.Name)
		}
		require.Greater(t, skipped, 8)
		require.Less(t, skipped, 30)
	}
	empty := Checks()[slices.IndexFunc(Checks(), func(c Check) bool { return c.Name == "Truncated" })]
	require.ErrorContains(t, empty.run(t.Context(), onlyDecoder{newFake(t, "")}, Options{}), "Options.Files is empty")
}

// renamed has another name or magic.
type renamed struct {
	fake
	name, magic string
}

func (r renamed) Format() codec.Format {
	return codec.Format{Name: r.name, MIME: "image/fake", Extension: "fake", Magic: []string{r.magic}}
}

func TestDisjoint(t *testing.T) {
	a := renamed{fake{}, "a", "RIFF????WEBP"}
	require.NoError(t, Disjoint(a, renamed{fake{}, "b", "RIFF????WAVE"}, renamed{fake{}, "c", "RIFX"}))
	require.ErrorContains(t, Disjoint(a, renamed{fake{}, "a", "x"}), `two codecs are called "a"`)
	require.ErrorContains(t, Disjoint(a, renamed{fake{}, "b", "RIFF"}), "may begin with both")
	require.ErrorContains(t, Disjoint(a, renamed{fake{}, "b", "????abcd"}), "may begin with both")
}

// TestPeak is neither too much nor, for what is held long enough, too little.
func TestPeak(t *testing.T) {
	got := peak(func(sample func()) {
		for range 5 {
			b := make([]byte, 4<<20)
			b[0] = 1
			sample()
			runtime.KeepAlive(b)
		}
	})
	require.LessOrEqual(t, got, int64(4<<20+64<<10))
	require.Greater(t, got, int64(3<<20))
}

func TestSurvive(t *testing.T) {
	ctx := context.Background()
	d := newFake(t, "")
	require.NoError(t, survive(ctx, d, []byte("FAKE")))
	require.Error(t, survive(ctx, newFake(t, "sense"), fakePromises(t).Files[0].Data))
	require.PanicsWithValue(t, "oh", func() { _ = survive(ctx, broken{d}, nil) })
}
