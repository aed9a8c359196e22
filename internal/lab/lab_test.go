package lab

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRoundTrip: a colour goes to CIELAB and back unchanged, nearly.
func TestRoundTrip(t *testing.T) {
	s := New()
	var l, a, b [1]float32
	var r, g, u [1]uint8
	for v := 0; v < 1<<24; v += 4099 {
		red, green, blue := []uint8{uint8(v >> 16)}, []uint8{uint8(v >> 8)}, []uint8{uint8(v)}
		s.FromRGB(l[:], a[:], b[:], red, green, blue)
		s.ToRGB(r[:], g[:], u[:], l[:], a[:], b[:])
		require.InDelta(t, red[0], r[0], 1)
		require.InDelta(t, green[0], g[0], 1)
		require.InDelta(t, blue[0], u[0], 1)
		var light [1]float32
		s.Lightness(light[:], red, green, blue)
		require.Equal(t, l, light)
	}
}

func TestKnownColours(t *testing.T) {
	s := New()
	for _, tt := range []struct {
		rgb     [3]uint8
		l, a, b float32
	}{
		{[3]uint8{255, 255, 255}, 100, 0, 0},
		{[3]uint8{0, 0, 0}, 0, 0, 0},
		{[3]uint8{255, 0, 0}, 53.24, 80.09, 67.20},
		{[3]uint8{0, 255, 0}, 87.73, -86.18, 83.18},
		{[3]uint8{0, 0, 255}, 32.30, 79.19, -107.86},
	} {
		var l, a, b [1]float32
		s.FromRGB(l[:], a[:], b[:], tt.rgb[:1], tt.rgb[1:2], tt.rgb[2:])
		require.InDelta(t, tt.l, l[0], 0.03)
		require.InDelta(t, tt.a, a[0], 0.03)
		require.InDelta(t, tt.b, b[0], 0.03)
	}
}

// TestTables: the same bits on every machine. The transfer function and the
// gray of all 16.7 million colours were compared with sharp 0.35.5 when this
// hash was recorded.
func TestTables(t *testing.T) {
	s := New()
	h := sha256.New()
	var value, slope []float32
	for _, line := range s.code {
		value, slope = append(value, line.value), append(slope, line.slope)
	}
	for _, table := range [][]float32{s.linear[:], s.root[:], value, slope} {
		for _, v := range table {
			bits := math.Float32bits(v)
			h.Write([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16), byte(bits >> 24)})
		}
	}
	require.Equal(t, "e261bb210bb19a9a7d71ac198628c5e5", hex.EncodeToString(h.Sum(nil)[:16]))
	for i, v := range s.linear {
		f := float64(i) / 255
		want := f / 12.92
		if f > 0.04045 {
			want = math.Pow((f+0.055)/1.055, 2.4)
		}
		require.InEpsilon(t, want+1, float64(v)+1, 1e-6)
	}
	for i, v := range s.root[1000:] {
		require.InEpsilon(t, math.Cbrt(float64(i+1000)/steps), float64(v), 1e-6)
	}
}

// TestEveryColour: the hash is that of the floats which sharp 0.35.5 writes for
// an image of all colours, in order: .toColourspace("lab").raw({depth: "float"}).
func TestEveryColour(t *testing.T) {
	const n = 1 << 12
	s, h := New(), sha256.New()
	var rgb [3][n]uint8
	var lab [3][n]float32
	bytes := make([]byte, 0, 3*4*n)
	for base := 0; base < 1<<24; base += n {
		for i := range n {
			v := base + i
			rgb[0][i], rgb[1][i], rgb[2][i] = uint8(v>>16), uint8(v>>8), uint8(v)
		}
		s.FromRGB(lab[0][:], lab[1][:], lab[2][:], rgb[0][:], rgb[1][:], rgb[2][:])
		bytes = bytes[:0]
		for i := range n {
			for c := range lab {
				bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(lab[c][i]))
			}
		}
		h.Write(bytes)
	}
	require.Equal(t, "39261aba493e01c92e65d493c1055552", hex.EncodeToString(h.Sum(nil)[:16]))
}

func TestSinCos(t *testing.T) {
	for d := -720; d <= 720; d++ {
		sin, cos := SinCos(d)
		require.InDelta(t, math.Sin(float64(d)*math.Pi/180), sin, 1e-14, "%d", d)
		require.InDelta(t, math.Cos(float64(d)*math.Pi/180), cos, 1e-14, "%d", d)
	}
	sin, cos := SinCos(180)
	require.Equal(t, [2]float64{0, -1}, [2]float64{sin + 0, cos})
}

func BenchmarkFromRGB(b *testing.B) {
	s := New()
	var l, u, v [4096]float32
	var pix [3][4096]uint8
	for i := range pix[0] {
		pix[0][i], pix[1][i], pix[2][i] = uint8(i*7), uint8(i*11>>3), uint8(i*5>>2)
	}
	b.SetBytes(3 * 4096)
	for b.Loop() {
		s.FromRGB(l[:], u[:], v[:], pix[0][:], pix[1][:], pix[2][:])
	}
}

func BenchmarkLightness(b *testing.B) {
	s := New()
	var l [4096]float32
	var pix [3][4096]uint8
	for i := range pix[0] {
		pix[0][i], pix[1][i], pix[2][i] = uint8(i*7), uint8(i*11>>3), uint8(i*5>>2)
	}
	b.SetBytes(3 * 4096)
	for b.Loop() {
		s.Lightness(l[:], pix[0][:], pix[1][:], pix[2][:])
	}
}

func BenchmarkToRGB(b *testing.B) {
	s := New()
	var l, u, v [4096]float32
	var pix [3][4096]uint8
	for i := range pix[0] {
		pix[0][i], pix[1][i], pix[2][i] = uint8(i*7), uint8(i*11>>3), uint8(i*5>>2)
	}
	s.FromRGB(l[:], u[:], v[:], pix[0][:], pix[1][:], pix[2][:])
	b.SetBytes(3 * 4096)
	for b.Loop() {
		s.ToRGB(pix[0][:], pix[1][:], pix[2][:], l[:], u[:], v[:])
	}
}
