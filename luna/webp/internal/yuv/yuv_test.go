package yuv

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// A picture of planes: red, green, blue and alpha.
type picture struct {
	width, height int
	planes        [4][]uint8
}

func newPicture(width, height int) *picture {
	m := &picture{width: width, height: height}
	for p := range m.planes {
		m.planes[p] = make([]uint8, width*height)
	}
	return m
}

func (m *picture) rows(y int) *Rows {
	var rows Rows
	for i := range rows {
		from := min(y+i, m.height-1) * m.width
		for p := range m.planes {
			rows[i][p] = m.planes[p][from:][:m.width]
		}
	}
	return &rows
}

// recorded makes the pictures that libwebp's answers were recorded of.
func recorded(width, height, samples, mode int) *picture {
	m := newPicture(width, height)
	seed := uint32(width*1000 + height*10 + mode)
	random := func() uint32 {
		seed = seed*1664525 + 1013904223
		return seed >> 24
	}
	for i := range width * height * samples {
		at, p := i/samples, i%samples
		var v uint32
		switch {
		case mode == 0:
			v = random()
		case mode == 1:
			v = (random() >> 7) * 255
		default:
			v = uint32(at%width*5+at/width*3+p*60) + random()>>5
		}
		if p == 3 && mode == 2 {
			if at%width < width/2 {
				v = 255
			} else if random()&128 != 0 {
				v = 0
			}
		}
		m.planes[p][at] = uint8(v)
	}
	return m
}

// TestLibwebp compares planes with those of WebPPictureImportRGB,
// WebPPictureImportRGBA and WebPPictureSharpARGBToYUVA of libwebp 1.4.0, by
// checksums that a program in C has printed.
func TestLibwebp(t *testing.T) {
	sizes := [][2]int{{1, 1}, {2, 2}, {3, 1}, {1, 5}, {4, 4}, {5, 7}, {16, 16}, {17, 9}, {33, 18}, {64, 31}, {101, 67}, {130, 50}}
	for kind, want := range []uint64{0x7c1e69017150af8f, 0x1dbf6361b7781c70, 0x0d30d3b2c198fe7a} {
		var sharp Sharp
		hash := fnv.New64a()
		for _, size := range sizes {
			width, height := size[0], size[1]
			for mode := range 3 {
				m := recorded(width, height, []int{3, 4, 3}[kind], mode)
				cw, ch := (width+1)/2, (height+1)/2
				y, cb, cr := make([]uint8, width*height), make([]uint8, cw*ch), make([]uint8, cw*ch)
				if kind == 2 && min(width, height) >= LeastSharp {
					sharp.Begin(width, height)
					for j := 0; j < height; j += 2 {
						sharp.Add(j, m.rows(j))
					}
					require.NoError(t, sharp.Finish(t.Context(), y, cb, cr, width, cw))
				} else {
					for j := range height {
						from := j * width
						Luma(y[from:][:width], m.planes[0][from:], m.planes[1][from:], m.planes[2][from:])
					}
					for j := range ch {
						if kind == 1 {
							ChromaWeighted(cb[j*cw:][:cw], cr[j*cw:][:cw], m.rows(2*j))
						} else {
							Chroma(cb[j*cw:][:cw], cr[j*cw:][:cw], m.rows(2*j))
						}
					}
				}
				for _, p := range [][]uint8{y, cb, cr} {
					hash.Write(p)
				}
			}
		}
		require.Equal(t, want, hash.Sum64(), "kind %d", kind)
	}
}

func TestTables(t *testing.T) {
	for v := range 256 {
		require.Equal(t, math.Floor(math.Pow(float64(v)/255, 0.8)*4095+.5), float64(linear[v]))
	}
	for v := range gamma {
		require.Equal(t, math.Floor(255*math.Pow(float64(v)*128/4095, 1.25)+.5), float64(gamma[v]))
	}
}

func TestGray(t *testing.T) {
	for v := range 256 {
		row := []uint8{uint8(v)}
		var got, want [1]uint8
		Gray(got[:], row)
		Luma(want[:], row, row, row)
		require.Equal(t, want, got)
		rows := Rows{{row, row, row}, {row, row, row}}
		var cb, cr [1]uint8
		Chroma(cb[:], cr[:], &rows)
		require.Equal(t, [2]uint8{128, 128}, [2]uint8{cb[0], cr[0]})
	}
}

func TestLimit(t *testing.T) {
	for v := range 256 {
		var got [1]uint8
		LimitLuma(got[:], []uint8{uint8(v)})
		require.Equal(t, math.Round(16+float64(v)*219/255), float64(got[0]))
		LimitChroma(got[:], []uint8{uint8(v)})
		require.Equal(t, math.Round(128+float64(v-128)*224/255), float64(got[0]))
	}
}

// compareKernels holds the kernels against the portable code in rows of n
// pixels, off bytes into their memory, and requires that they write nothing
// else.
func compareKernels(t *testing.T, r *rand.Rand, n, off int) {
	t.Helper()
	source := func() []uint8 {
		b := make([]uint8, n+off)
		mode := r.IntN(3)
		for i := range b {
			b[i] = uint8(r.Uint32())
			if mode == 0 {
				b[i] = uint8(-int(b[i] & 1))
			}
		}
		return b[off:]
	}
	var rows Rows
	for i := range rows {
		for p := range rows[i] {
			rows[i][p] = source()
		}
	}
	a, b, c := rows[0][0], rows[0][1], rows[0][2]
	same := func(name string, width int, kernel, portable func(x, y []uint8)) {
		t.Helper()
		var all [4][]uint8
		for i := range all {
			all[i] = make([]uint8, off+width+40)
			copy(all[i][off:], a[:min(width, n)]) // what is in place overwrites this
		}
		kernel(all[0][off:][:width:width], all[1][off:][:width:width])
		portable(all[2][off:][:width:width], all[3][off:][:width:width])
		require.Equal(t, all[2], all[0], "%s of %d at %d", name, n, off)
		require.Equal(t, all[3], all[1], "%s of %d at %d", name, n, off)
	}
	same("Luma", n, func(x, _ []uint8) { Luma(x, a, b, c) }, func(x, _ []uint8) { lumaGeneric(x, a, b, c) })
	same("Chroma", (n+1)/2, func(x, y []uint8) { Chroma(x, y, &rows) }, func(x, y []uint8) { chromaGeneric(x, y, &rows, 0) })
	same("LimitLuma", n, func(x, y []uint8) { LimitLuma(x, a); LimitLuma(y, y) }, func(x, y []uint8) {
		limitGeneric(x, a, &limitedLuma)
		limitGeneric(y, y, &limitedLuma)
	})
	same("LimitChroma", n, func(x, y []uint8) { LimitChroma(x, a); LimitChroma(y, y) }, func(x, y []uint8) {
		limitGeneric(x, a, &limitedChroma)
		limitGeneric(y, y, &limitedChroma)
	})
}

func TestAssemblyIsThePortableCode(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 99; n++ {
		for off := range 32 {
			compareKernels(t, r, n, off)
		}
	}
}

// TestEveryColour compares the kernels in all of the 2^24 colours.
func TestEveryColour(t *testing.T) {
	var a, b, c [256]uint8
	for i := range c {
		c[i] = uint8(i)
	}
	fill := func(row *[256]uint8, v int) {
		for i := range row {
			row[i] = uint8(v)
		}
	}
	var got, want [256]uint8
	var chroma, plain [2][128]uint8
	for x := range 256 {
		fill(&a, x)
		for y := range 256 {
			fill(&b, y)
			Luma(got[:], a[:], b[:], c[:])
			lumaGeneric(want[:], a[:], b[:], c[:])
			rows := &Rows{{a[:], b[:], c[:]}, {c[:], b[:], a[:]}}
			Chroma(chroma[0][:], chroma[1][:], rows)
			chromaGeneric(plain[0][:], plain[1][:], rows, 0)
			if got != want || chroma != plain {
				t.Fatal(x, y)
			}
		}
	}
	LimitLuma(got[:], c[:])
	require.Equal(t, limitedLuma, got)
	LimitChroma(got[:], c[:])
	require.Equal(t, limitedChroma, got)
}

func FuzzAssembly(f *testing.F) {
	f.Add(uint64(1), uint16(33), uint8(1))
	f.Add(uint64(2), uint16(4000), uint8(31))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, off uint8) {
		compareKernels(t, rand.New(rand.NewPCG(seed, 3)), 1+int(n)%5000, int(off)%64)
	})
}

func BenchmarkKernels(b *testing.B) {
	m := recorded(4000, 2, 3, 0)
	rows := m.rows(0)
	var y [4000]uint8
	var cb, cr [2000]uint8
	for name, run := range map[string]func(){
		"Luma":           func() { Luma(y[:], rows[0][0], rows[0][1], rows[0][2]) },
		"Luma/go":        func() { lumaGeneric(y[:], rows[0][0], rows[0][1], rows[0][2]) },
		"Chroma":         func() { Chroma(cb[:], cr[:], rows) },
		"Chroma/go":      func() { chromaGeneric(cb[:], cr[:], rows, 0) },
		"ChromaWeighted": func() { ChromaWeighted(cb[:], cr[:], rows) },
		"LimitLuma":      func() { LimitLuma(y[:], rows[0][0]) },
		"LimitLuma/go":   func() { limitGeneric(y[:], rows[0][0], &limitedLuma) },
		"LimitChroma":    func() { LimitChroma(y[:], rows[0][0]) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(4000)
			for b.Loop() {
				run()
			}
		})
	}
}

func BenchmarkSharp(b *testing.B) {
	m := recorded(800, 600, 3, 2)
	var s Sharp
	y, cb, cr := make([]uint8, 800*600), make([]uint8, 400*300), make([]uint8, 400*300)
	for b.Loop() {
		s.Begin(800, 600)
		for j := 0; j < 600; j += 2 {
			s.Add(j, m.rows(j))
		}
		if err := s.Finish(b.Context(), y, cb, cr, 800, 400); err != nil {
			b.Fatal(err)
		}
	}
}
