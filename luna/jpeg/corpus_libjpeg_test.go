package jpeg

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestCorpusAsLibjpeg compares all that libjpeg's djpeg decodes without a
// warning, at each scale, with what it makes of it. It is skipped where there
// is no djpeg.
func TestCorpusAsLibjpeg(t *testing.T) {
	djpeg, err := exec.LookPath("djpeg")
	if err != nil {
		t.Skip("no djpeg on the path")
	}
	files := corpus(t)
	if len(files) == 0 {
		t.Skip(corpusVariable + " names no folder with JPEGs")
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			info, err := Codec{}.Probe(bytes.NewReader(data))
			if err == nil && int64(info.Shape.Width)*int64(info.Shape.Height) > corpusPixels {
				t.Skipf("%v is over the limit", info.Shape)
			}
			want, warned := runDjpeg(t, djpeg, data, 1)
			if want == nil {
				t.Skip(warned)
			}
			if warned != "" {
				// Strict or not is a matter of taste; what is allowed to be
				// damaged must be there.
				if err == nil {
					_, err = bounded(t, Codec{AllowTruncated: true}, info, data, codec.Request{})
				}
				t.Logf("djpeg: %s; allowing for truncation: %v", warned, err)
				require.True(t, err == nil || typed(err))
				return
			}
			require.NoError(t, err)
			_, head, err := probe(bufio.NewReader(bytes.NewReader(data)))
			require.NoError(t, err)
			for _, n := range []int{1, 2, 4, 8} {
				want, warned := runDjpeg(t, djpeg, data, n)
				require.Empty(t, warned)
				req := codec.Request{Scale: codec.Scale{Numerator: 1, Denominator: n}, Reference: true}
				m, err := bounded(t, Codec{}, info, data, req)
				require.NoError(t, err)
				d := compareLibjpeg(t, want, m, head.ink())
				t.Logf("%v at 1/%d: mean %.4f, at most %d", m.Shape, n, d.mean(), d.most)
				require.Less(t, d.mean(), .05)
				require.LessOrEqual(t, d.most, 1)
				if n == 1 {
					continue
				}
				req.Reference = false
				if m, err = bounded(t, Codec{}, info, data, req); err == nil {
					d = compareLibjpeg(t, want, m, head.ink())
				}
				require.NoError(t, err)
				t.Logf("not for reference: mean %.4f, at most %d", d.mean(), d.most)
			}
		})
	}
}

// A portable is what a PNM file holds: width x height pixels of some bytes.
type portable struct {
	width, height, channels int
	pix                     []byte
}

// runDjpeg decodes with libjpeg at 1/n, and returns its warnings. The picture
// is nil where it gave up.
func runDjpeg(t *testing.T, djpeg string, data []byte, n int) (m *portable, warning string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), djpeg, "-nosmooth", "-pnm", "-maxmemory", "500m", "-scale", fmt.Sprintf("1/%d", n))
	var out, complaint bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(data), &out, &complaint
	err := c.Run()
	m = new(portable)
	var kind byte
	if _, scanned := fmt.Fscanf(&out, "P%c\n%d %d\n255\n", &kind, &m.width, &m.height); err != nil && complaint.Len() == 0 || scanned != nil {
		return nil, complaint.String() + "no picture"
	}
	m.channels = map[byte]int{'5': 1, '6': 3}[kind]
	m.pix = out.Bytes()
	if len(m.pix) != m.width*m.height*m.channels {
		return nil, complaint.String() + "a part of a picture"
	}
	return m, complaint.String()
}

// compareLibjpeg converts m as libjpeg does without interpolation, and
// compares.
func compareLibjpeg(t *testing.T, want *portable, m *pixel.Image, k ink) (d difference) {
	t.Helper()
	require.Equal(t, [2]int{want.width, want.height}, [2]int{m.Shape.Width, m.Shape.Height})
	layout := m.Shape.Layout
	for y := range want.height {
		for x := range want.width {
			var v [4]uint8
			for p := range layout.Planes() {
				sx, sy := layout.Subsampling(p)
				v[p] = m.Planes[p].Row(y >> sy)[x>>sx]
			}
			switch {
			case layout.IsYCbCr():
				toRGB(v[:1], v[1:2], v[2:3])
			case layout == pixel.CMYK:
				for p := range v {
					if k.inverted {
						v[p] = 255 - v[p]
					}
				}
				for p := range 3 {
					v[p] = uint8(float64(v[p])*float64(v[3])/255 + .5)
				}
			}
			for c := range want.channels {
				d.add(want.pix[(y*want.width+x)*want.channels+c], v[c])
			}
		}
	}
	return d
}
