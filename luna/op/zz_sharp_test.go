package op_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

type zcase struct {
	W, H, C int
	Edit    map[string]map[string]any
	Data    []byte
	Want    struct {
		W, H, C, Left, Top, Tl, Tt int
		Data                       []byte
		Err                        string
	}
}

func zimage(w, h, c int, d []byte) *pixel.Image {
	m := pixel.NewImage(nil, pixel.Shape{Width: w, Height: h, Layout: []pixel.Layout{0, pixel.Gray, pixel.GrayAlpha, pixel.RGB, pixel.RGBA}[c]})
	for i, v := range d {
		m.Planes[i%c].Pix[i/c] = v
	}
	return m
}

func zcolor(v any) (b [4]uint8) {
	s, ok := v.(string)
	if !ok {
		return [4]uint8{0, 0, 0, 255}
	}
	fmt.Sscanf(s, "#%02x%02x%02x%02x", &b[0], &b[1], &b[2], &b[3])
	return b
}

func zload(t *testing.T, mode string) []zcase {
	b, err := os.ReadFile("/tmp/i3b/" + mode + ".json")
	if err != nil {
		t.Skip(err)
	}
	var cs []zcase
	if err := json.Unmarshal(b, &cs); err != nil {
		t.Fatal(err)
	}
	return cs
}

func zrun(m *pixel.Image, ops ...op.Op) (*pixel.Image, error) {
	chain, err := op.Chain(m.Shape, ops)
	if err != nil {
		return nil, err
	}
	src, err := op.Wrap(m.Source(0, nil), chain, nil)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	return pixel.ReadAll(nil, src)
}

func zcompare(t *testing.T, mode string, f func(c zcase, m *pixel.Image) ([]op.Op, error)) {
	total, differ, most, bad, sizes := 0, 0, 0, 0, 0
	for i, c := range zload(t, mode) {
		m := zimage(c.W, c.H, c.C, c.Data)
		ops, err := f(c, m)
		var got *pixel.Image
		if err == nil {
			got, err = zrun(m, ops...)
		}
		if c.Want.Err != "" || err != nil {
			if (c.Want.Err != "") != (err != nil) {
				t.Log(i, c.W, c.H, c.C, c.Edit, "sharp:", c.Want.Err, "us:", err)
				bad++
			}
			continue
		}
		if c.Want.C != got.Shape.Layout.Planes() && !(c.C < 3) {
			t.Log(i, c.W, c.H, c.C, c.Edit, "channels", c.Want.C, got.Shape)
			bad++
			continue
		}
		if got.Shape.Width != c.Want.W || got.Shape.Height != c.Want.H {
			sizes++
			if sizes < 10 {
				t.Log(i, c.W, c.H, c.C, c.Edit, "size", c.Want.W, c.Want.H, got.Shape)
			}
			continue
		}
		n, d, worst, hi := c.Want.C, 0, 0, got.Shape.Layout.Planes()
		for j, v := range c.Want.Data {
			p := j % n
			if n != hi { // gray expanded
				if p < n-1 || n == 3 {
					p = 0
				}
				if n == 4 && p == 3 {
					p = 1
				}
			}
			g := got.Planes[p].Pix[j/n]
			total++
			if g != v {
				d++
				worst = max(worst, int(max(g, v)-min(g, v)))
			}
		}
		differ += d
		most = max(most, worst)
		if worst > 0 {
			bad++
			if bad < 12 {
				t.Logf("%d %dx%dx%d %v differ %d of %d by %d", i, c.W, c.H, c.C, c.Edit, d, len(c.Want.Data), worst)
			}
		}
	}
	t.Logf("%s: bad %d sizes %d, samples %d differ %d (%.4f%%) max %d", mode, bad, sizes, total, differ, 100*float64(differ)/float64(max(total, 1)), most)
}

func TestZRotate(t *testing.T) {
	zcompare(t, "rotate", func(c zcase, m *pixel.Image) ([]op.Op, error) {
		e := c.Edit["rotate"]
		return []op.Op{op.Rotate{Degrees: e["angle"].(float64), Background: zcolor(e["background"])}}, nil
	})
}
