package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// restarting is a picture with restart markers.
func restarting(interval int, components []component) []byte {
	return file{width: 400, height: 300, components: components, interval: interval, value: func(c, x, y int) uint8 { return uint8(31*x ^ 47*y + 11*c) }}.bytes()
}

func TestAheadMakesTheSamePixels(t *testing.T) {
	pictures := map[string][]byte{"photo": photo(t, 403, 303)}
	for _, interval := range []int{1, 3, 25, 26, 100, 5000} {
		pictures[fmt.Sprint("gray, restarts by ", interval)] = restarting(interval, gray())
		pictures[fmt.Sprint("4:2:0, restarts by ", interval)] = restarting(interval, ycc(2, 2))
		pictures[fmt.Sprint("4:2:2, restarts by ", interval)] = restarting(interval, ycc(2, 1))
	}
	for name, data := range pictures {
		t.Run(name, func(t *testing.T) {
			for _, scale := range append(Codec{}.Scales(codec.Info{}), codec.Scale{}) {
				for _, reference := range []bool{false, true} {
					req := codec.Request{Scale: scale, Reference: reference}
					alone := decodeWith(t, Codec{Workers: 1}, data, req)
					req.Pool = pixel.NewPool()
					for _, part := range []int{1, 2, 7, 40} {
						req.Workers = 2 + part%3
						require.True(t, testpic.Equal(alone, decodeWith(t, Codec{part: part}, data, req)), "%v in parts of %d", scale, part)
					}
					req.Region = image.Rect(2, 4, alone.Shape.Width-1, alone.Shape.Height-3)
					req.Workers = 1
					alone = decodeWith(t, Codec{}, data, req)
					req.Workers = 3
					require.True(t, testpic.Equal(alone, decodeWith(t, Codec{part: 5}, data, req)), "%v of %v", req.Region, scale)
				}
			}
		})
	}
}

// What is wrong with a file does not hang on who finds it, and what is wrong
// below the part that is wanted on nobody.
func TestAheadOfDamage(t *testing.T) {
	// In a flat picture what lies behind an early end is no less a code.
	blank := file{width: 400, height: 300, components: ycc(2, 2), interval: 60, value: flat(20, 30, 40)}.bytes()
	files := [][]byte{photo(t, 160, 120), restarting(7, ycc(2, 2)), restarting(60, ycc(2, 2)), blank}
	rapid.Check(t, func(r *rapid.T) {
		data := bytes.Clone(rapid.SampledFrom(files).Draw(r, "file"))
		body := bytes.Index(data, []byte{0xff, markerSOS}) + 14
		switch rapid.SampledFrom([]string{"truncated", "hit", "restarted"}).Draw(r, "damage") {
		case "truncated":
			data = data[:rapid.IntRange(body, len(data)).Draw(r, "length")]
		case "hit":
			for range rapid.IntRange(1, 4).Draw(r, "hits") {
				data[rapid.IntRange(body, len(data)-1).Draw(r, "at")] = rapid.Byte().Draw(r, "value")
			}
		case "restarted":
			copy(data[rapid.IntRange(body, len(data)-2).Draw(r, "at"):], []byte{0xff, markerRST0})
		}
		req := codec.Request{Scale: rapid.SampledFrom(append(Codec{}.Scales(codec.Info{}), codec.Scale{})).Draw(r, "scale")}
		if info, err := (Codec{}).Probe(bytes.NewReader(data)); err == nil && rapid.Bool().Draw(r, "in part") {
			width, height := req.Scale.Size(info.Shape.Width), req.Scale.Size(info.Shape.Height)
			req.Region = image.Rect(0, 0, width, rapid.IntRange(height/2, height).Draw(r, "rows"))
		}
		part := rapid.IntRange(1, 80).Draw(r, "MCUs a part")
		var pictures [2]*pixel.Image
		for i := range pictures {
			src, err := Codec{Workers: 1 + 2*i, part: part}.Decode(t.Context(), bytes.NewReader(data), req)
			if err == nil {
				pictures[i], err = pixel.ReadAll(nil, src)
				require.NoError(r, src.Close())
			}
			require.True(r, err == nil || typed(err), err)
		}
		require.Equal(r, pictures[0] == nil, pictures[1] == nil)
		require.True(r, pictures[0] == nil || testpic.Equal(pictures[0], pictures[1]))
	})
}

// No worker outlives its source, wherever that is left. synctest fails where
// one does.
func TestCloseEndsWorkers(t *testing.T) {
	data := photo(t, 403, 303)
	for strips := range 5 {
		synctest.Test(t, func(t *testing.T) {
			src, err := Codec{Workers: 4, part: 3}.Decode(t.Context(), bytes.NewReader(data), codec.Request{})
			require.NoError(t, err)
			for range strips {
				_, err = src.Next()
				require.NoError(t, err)
			}
			require.NoError(t, src.Close())
			require.NoError(t, src.Close())
		})
	}
}
