package edit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/immagin/immagin-go/immagin/edit"
)

// orderable are edits by a letter each.
var orderable = map[byte]edit.Edit{
	'o': edit.AutoOrient(false),
	'f': edit.Flip(true),
	'g': edit.Flop(true),
	'r': edit.Rotate{Angle: 90},
	'a': edit.Rotate{Angle: 30},
	'0': edit.Rotate{Angle: 360},
	't': edit.Trim{},
	'c': edit.Crop{Width: 5, Height: 5},
	'd': edit.Crop{Width: 3, Height: 3},
	'e': edit.Crop{Width: 1, Height: 1},
	'l': edit.Flatten{},
	'y': edit.Grayscale(true),
	'z': edit.Resize{Width: 9},
	'Z': edit.Resize{Width: 8},
	'x': edit.Extend{Top: new(1)},
	'b': edit.Blur(1),
	'B': edit.Blur(2),
	'm': edit.Modulate{Hue: new(9)},
	's': edit.Sharpen(1),
	'T': edit.Text{Text: "a"},
	'I': edit.Image{Key: "a"},
	'n': edit.Normalize{},
	'i': edit.Tint{R: 1},
	'v': edit.Invert(true),
	'u': edit.Custom{Operation: "x-u", Parameters: json.RawMessage("1")},
	'k': edit.Contrast(3),
}

func spelled(letters string) (list []edit.Edit) {
	for i := range len(letters) {
		list = append(list, orderable[letters[i]])
	}
	return list
}

func letters(t require.TestingT, list []edit.Edit) string {
	var b strings.Builder
	for _, e := range list {
		found := false
		for c, o := range orderable {
			if fmt.Sprintf("%T%#v", o, o) == fmt.Sprintf("%T%#v", e, e) {
				b.WriteByte(c)
				found = true
			}
		}
		require.True(t, found)
	}
	return b.String()
}

func TestSharpOrder(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"as it is", "tlyzfgxbms", "tlyzfgxbms"},
		{"backwards", "vinTsmbxcrgfzyltoku", "ofgrtclyzxbmsTnivku"},
		{"resize comes first", "zr", "zr"},
		{"rotate comes first", "rz", "rz"},
		{"any angle", "az", "az"},
		{"a turn of nothing comes late", "0z", "z0"},
		{"mirrors alone come late", "fgz", "zfg"},
		{"mirrors come with a turn", "rzfg", "fgrz"},
		{"crop before a resize", "bcz", "czb"},
		{"crop after a resize", "bzc", "zcb"},
		{"crop both", "czd", "czd"},
		{"second crop is the later", "cdz", "czd"},
		{"of three crops", "czde", "cze"},
		{"turn before a crop", "rc", "rc"},
		{"turn between crops", "crd", "crd"},
		{"turn after a crop", "cr", "cr"},
		{"turn before a trim", "rt", "rt"},
		{"turn after a trim", "tr", "tr"},
		{"last resize counts", "zbZ", "Zb"},
		{"last blur counts", "bzB", "zB"},
		{"last turn counts", "rza", "az"},
		{"layers all count", "TvITz", "zTITv"},
		{"foreign edits", "ukvuz", "zvuku"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := spelled(c.in)
			require.Equal(t, c.want, letters(t, edit.SharpOrder.Sort(in)))
			require.Equal(t, c.in, letters(t, in), "what was given is left alone")
			require.Equal(t, c.in, letters(t, edit.ListOrder.Sort(in)))
		})
	}
	require.False(t, edit.Order(9).Valid())
}

// Sorted stays sorted, also where no-ops were dropped and layers moved.
func TestSharpOrderIsSettled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []byte
		for c := range 128 {
			if orderable[byte(c)] != nil {
				all = append(all, byte(c))
			}
		}
		in := string(rapid.SliceOfN(rapid.SampledFrom(all), 0, 12).Draw(t, "edits"))
		sorted := edit.SharpOrder.Sort(spelled(in))
		require.Equal(t, letters(t, sorted), letters(t, edit.SharpOrder.Sort(sorted)))
		canonical, _, err := edit.Canonical(sorted, nil, nil)
		require.NoError(t, err)
		again := edit.SharpOrder.Sort(canonical)
		settled, _, err := edit.Canonical(again, nil, nil)
		require.NoError(t, err)
		require.Equal(t, again, edit.SharpOrder.Sort(settled))
	})
}

func ExampleOrder_Sort() {
	for _, e := range edit.SharpOrder.Sort([]edit.Edit{
		edit.Tint{R: 255}, edit.Blur(5), edit.Resize{Width: 800}, edit.Blur(2),
	}) {
		fmt.Println(e.Name())
	}
	// Output:
	// resize
	// blur
	// tint
}
