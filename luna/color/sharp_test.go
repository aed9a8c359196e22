package color

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/internal/testicc"
	"github.com/immagin/immagin-go/luna/pixel"
)

var record = flag.Bool("record", false, "have sharp make the records of this package again; see record.mjs")

// chartSide is the side of a chart: as many colours as make a mean that says
// something.
const chartSide = 40

// chart returns samples of 8 bits, interleaved: corners, grays, and colours of
// all kinds.
func chart(channels int) []uint8 {
	r := rand.New(rand.NewPCG(1, uint64(channels)))
	var c []uint8
	for i := range 1 << channels {
		for p := range channels {
			c = append(c, uint8(-(i >> p & 1)))
		}
	}
	for v := range 256 {
		for p := range channels {
			if channels == 4 && p < 3 {
				c = append(c, 0)
			} else {
				c = append(c, uint8(v))
			}
		}
	}
	for len(c) < channels*chartSide*chartSide {
		c = append(c, uint8(r.UintN(256)))
	}
	return c
}

// tiff makes an uncompressed file of samples of 8 bits.
func tiff(width, height, channels int, samples, profile []byte) []byte {
	const entries = 11
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, entries)
	tail := 8 + 2 + 12*entries + 4
	bits := tail
	pixels := bits + 8
	icc := pixels + len(samples) + len(samples)&1
	photometric := map[int]int{1: 1, 3: 2, 4: 5}[channels]
	bitsAt, bitsType := bits, 3
	if channels == 1 {
		bitsAt = 8
	}
	for _, e := range [entries][4]int{
		{256, 3, 1, width}, {257, 3, 1, height}, {258, bitsType, channels, bitsAt}, {259, 3, 1, 1},
		{262, 3, 1, photometric}, {273, 4, 1, pixels}, {277, 3, 1, channels}, {278, 3, 1, height},
		{279, 4, 1, len(samples)}, {284, 3, 1, 1}, {34675, 7, len(profile), icc},
	} {
		if e[0] == 34675 && len(profile) == 0 {
			e = [4]int{65000, 3, 1, 0} // private, says nothing
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(e[0]))
		b = binary.LittleEndian.AppendUint16(b, uint16(e[1]))
		b = binary.LittleEndian.AppendUint32(b, uint32(e[2]))
		b = binary.LittleEndian.AppendUint32(b, uint32(e[3]))
	}
	b = append(b, 0, 0, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0)
	b = append(b, samples...)
	b = append(b, make([]byte, len(samples)&1)...)
	return append(b, profile...)
}

// TestRecord writes what the other tests, and the transform of CMYK without a
// profile, are made of.
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("asked for by -record")
	}
	dir := t.TempDir()
	write := func(name string, file []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".tif"), file, 0o600))
	}
	for name, profile := range testicc.Profiles() {
		p, err := Parse(profile)
		require.NoError(t, err)
		n := p.space.channels()
		write(name, tiff(chartSide, chartSide, n, chart(n), profile))
	}
	write("cmyk", tiff(chartSide, chartSide, 4, chart(4), nil))
	var nodes []uint8
	for i := range inkPoints * inkPoints * inkPoints * inkPoints {
		for p := 3; p >= 0; p-- {
			v := i
			for range p {
				v /= inkPoints
			}
			nodes = append(nodes, inkLevel(v%inkPoints))
		}
	}
	write("nodes", tiff(inkPoints*inkPoints, inkPoints*inkPoints, 4, nodes, nil))

	out, err := exec.Command("node", "record.mjs", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	made, err := filepath.Glob(filepath.Join(dir, "*.rgb"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll("testdata", 0o755))
	for _, file := range made {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		to := filepath.Join("testdata", filepath.Base(file))
		if filepath.Base(file) == "nodes.rgb" {
			to = "cmyk.rgb"
		}
		require.NoError(t, os.WriteFile(to, b, 0o644))
	}
}

// planes splits interleaved samples.
func planes(samples []uint8, channels int) *pixel.Strip {
	n := len(samples) / channels
	s := &pixel.Strip{Rows: 1}
	for p := range channels {
		s.Planes[p] = pixel.Plane{Pix: make([]uint8, n), Stride: n, Width: n, Height: 1}
		for x := range n {
			s.Planes[p].Pix[x] = samples[x*channels+p]
		}
	}
	return s
}

// apply converts interleaved samples of 8 bits, by way of 16 where deep says so.
func apply(t *Transform, samples []uint8, deep bool) []uint8 {
	s := planes(samples, t.space.channels())
	if deep {
		for p := range t.space.channels() {
			s.Planes[p].Pix16 = widened(s.Planes[p].Pix, len(s.Planes[p].Pix))
			s.Planes[p].Pix = nil
		}
	}
	t.Apply(s)
	var rgb []uint8
	for x := range s.Planes[0].Width {
		for p := range 3 {
			if t.space == Gray {
				p = 0
			}
			if deep {
				rgb = append(rgb, code8(uint32(s.Planes[p].Pix16[x])))
			} else {
				rgb = append(rgb, s.Planes[p].Pix[x])
			}
		}
	}
	return rgb
}

// compare returns the PSNR and the largest difference.
func compare(got, want []uint8) (psnr float64, most int) {
	sum := 0.
	for i := range got {
		d := max(got[i], want[i]) - min(got[i], want[i])
		most = max(most, int(d))
		sum += float64(d) * float64(d)
	}
	return 10 * math.Log10(255*255*float64(len(got))/sum), most
}

// TestSharp holds transforms of colour charts against what sharp made of them.
func TestSharp(t *testing.T) {
	for name, profile := range testicc.Profiles() {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join("testdata", name+".rgb"))
			require.NoError(t, err)
			p, err := Parse(profile)
			require.NoError(t, err)
			for _, deep := range []bool{false, true} {
				tr := New(p)
				got := apply(tr, chart(p.space.channels()), deep)
				require.Len(t, got, len(want))
				psnr, most := compare(got, want)
				t.Logf("%.1f dB, at most %d", psnr, most)
				floor, largest := 60., 1
				switch {
				case p.space == RGB && p.perceptual != nil:
					// Little CMS bends its grid by the profile's grays.
					floor, largest = 53, 10
				case name == "gray-dotgain":
					// Its curve ends at so steep an edge that a rounding in the
					// dark is seen.
					floor, largest = 54, 4
				}
				require.Greater(t, psnr, floor)
				require.LessOrEqual(t, most, largest)
			}
		})
	}
}

func TestSharpUnnamedCMYK(t *testing.T) {
	want, err := os.ReadFile("testdata/cmyk.rgb")
	require.NoError(t, err)
	for _, deep := range []bool{false, true} {
		psnr, most := compare(apply(Unnamed(), chart(4), deep), want)
		t.Logf("%.1f dB, at most %d", psnr, most)
		require.Greater(t, psnr, 44.)
	}
}
