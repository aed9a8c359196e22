// Package testicc makes ICC profiles, for tests: of real and of invented
// devices, in every structure that readers meet.
package testicc

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// Profiles returns all of them, by name.
func Profiles() map[string][]byte {
	return map[string][]byte{
		"p3":            P3(),
		"adobe":         AdobeRGB(),
		"prophoto":      ProPhoto(),
		"srgb":          SRGB(),
		"gray-2.2":      Gray(Gamma(2.2)),
		"gray-dotgain":  Gray(DotGain()),
		"gray-srgb":     Gray(curveSRGB()),
		"gray-lab":      GrayLab(),
		"rgb-lut8":      RGBLut8(),
		"rgb-lut16-xyz": RGBLut16XYZ(),
		"rgb-mab":       RGBmAB(),
		"rgb-mab-plain": RGBmABPlain(),
		"cmyk-lut8":     CMYK(false),
		"cmyk-lut16":    CMYK(true),
		"cmyk-mab":      CMYKmAB(),
	}
}

// Names lists the names of Profiles, sorted.
func Names() []string { return slices.Sorted(maps.Keys(Profiles())) }

// P3 is Display P3, of version 4.
func P3() []byte {
	return matrix(4, "Display P3", [9]float64{.51512, .29198, .1571, .2412, .69225, .06657, -.00105, .04189, .78407}, curveSRGB())
}

// SRGB is sRGB, of version 2, with a table of 1024 entries as curve.
func SRGB() []byte {
	return matrix(2, "sRGB IEC61966-2.1", [9]float64{.43607, .38515, .14307, .22249, .71687, .06061, .01392, .09708, .7141},
		Curve(1024, func(x float64) float64 {
			if x <= .04045 {
				return x / 12.92
			}
			return math.Pow((x+.055)/1.055, 2.4)
		}))
}

// AdobeRGB is Adobe RGB (1998), of version 2.
func AdobeRGB() []byte {
	return matrix(2, "Adobe RGB (1998)", [9]float64{.60974, .20528, .14919, .31111, .62567, .06322, .01947, .06087, .74457}, Gamma(563./256))
}

// ProPhoto is ROMM RGB, of version 2.
func ProPhoto() []byte {
	return matrix(2, "ProPhoto RGB", [9]float64{.7977, .1352, .0313, .288, .7119, .0001, 0, 0, .8249}, Gamma(1.8))
}

// Gray is a gray profile of version 2 with that curve.
func Gray(curve []byte) []byte {
	return Make(2, "mntr", "GRAY", "XYZ ", map[string][]byte{"desc": desc("Gray"), "wtpt": xyz(.9642, 1, .8249), "kTRC": curve})
}

// GrayLab is a gray profile whose curve is one of lightness.
func GrayLab() []byte {
	return Make(2, "prtr", "GRAY", "Lab ", map[string][]byte{"desc": desc("Gray L*"), "wtpt": xyz(.9642, 1, .8249), "kTRC": Gamma(1.25)})
}

// RGBLut8 is of version 2, with a lut8 to CIELAB of a device like Adobe RGB.
func RGBLut8() []byte {
	return Make(2, "scnr", "RGB ", "Lab ", map[string][]byte{"desc": desc("Scanner"), "wtpt": xyz(.9642, 1, .8249), "A2B0": lut(false, 3, 17, device, true)})
}

// RGBLut16XYZ is of version 2, with a lut16 to XYZ.
func RGBLut16XYZ() []byte {
	return Make(2, "scnr", "RGB ", "XYZ ", map[string][]byte{"desc": desc("Scanner XYZ"), "wtpt": xyz(.9642, 1, .8249), "A2B0": lut(true, 3, 17, device, false)})
}

// RGBmAB is of version 4, with all five steps of a lutAToB to CIELAB.
func RGBmAB() []byte {
	f := func(v []float64) [3]float64 { // the A curves are squares
		return device([]float64{math.Sqrt(v[0]), math.Sqrt(v[1]), math.Sqrt(v[2])})
	}
	b := mAB(3, 17, 2, Gamma(2), f, Gamma(1), []float64{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, .004, -.004}, Curve(64, func(x float64) float64 { return x }))
	return Make(4, "mntr", "RGB ", "Lab ", map[string][]byte{"desc": mluc("Monitor by table"), "wtpt": xyz(.9642, 1, .8249), "A2B0": b})
}

// RGBmABPlain is of version 4, with a lutAToB to XYZ that is a matrix between
// curves.
func RGBmABPlain() []byte {
	m := []float64{.60974, .20528, .14919, .31111, .62567, .06322, .01947, .06087, .74457, 0, 0, 0}
	for i := range 9 {
		m[i] *= 32768. / 65535
	}
	b := mAB(3, 0, 0, nil, nil, Gamma(2.2), m, Gamma(1))
	return Make(4, "mntr", "RGB ", "XYZ ", map[string][]byte{"desc": mluc("Monitor by matrix"), "wtpt": xyz(.9642, 1, .8249), "A2B0": b})
}

// CMYK is of version 2: four inks, by a lut16 or a lut8 to CIELAB.
func CMYK(wide bool) []byte {
	return Make(2, "prtr", "CMYK", "Lab ", map[string][]byte{"desc": desc("Press"), "wtpt": xyz(.9642, 1, .8249), "A2B0": lut(wide, 4, 7, inks, true)})
}

// CMYKmAB is of version 4.
func CMYKmAB() []byte {
	b := mAB(4, 7, 1, Gamma(1), inks, nil, nil, Gamma(1))
	return Make(4, "prtr", "CMYK", "Lab ", map[string][]byte{"desc": mluc("Press 4"), "wtpt": xyz(.9642, 1, .8249), "A2B0": b})
}

// device is how an RGB device looks that is like Adobe RGB, but not quite.
func device(v []float64) [3]float64 {
	m := [9]float64{.60974, .20528, .14919, .31111, .62567, .06322, .01947, .06087, .74457}
	var l, w [3]float64
	for i := range l {
		l[i] = .003 + .997*math.Pow(v[i], 2+.1*float64(i))
	}
	for i := range w {
		w[i] = m[3*i]*l[0] + m[3*i+1]*l[1] + m[3*i+2]*l[2]
	}
	return w
}

// inks is how four inks look on paper: each lets through some of the light,
// and swells in print.
func inks(v []float64) [3]float64 {
	through := [4][3]float64{{.16, .22, .6}, {.33, .17, .18}, {.75, .8, .08}, {.03, .03, .03}}
	w := [3]float64{.9642, 1, .8249}
	for k, ink := range v {
		ink = math.Pow(ink, .8)
		for i := range w {
			w[i] *= 1 - ink + ink*through[k][i]
		}
	}
	return w
}

// Make puts a profile together.
func Make(version byte, class, space, pcs string, tags map[string][]byte) []byte {
	b := make([]byte, 128, 4096)
	b[8] = version
	if version == 4 {
		b[9] = 0x20
	}
	copy(b[12:], class+space+pcs)
	copy(b[36:], "acsp")
	copy(b[68:], []byte{0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d})
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)))
	at := len(b) + 12*len(tags)
	names := slices.Sorted(maps.Keys(tags))
	for _, name := range names {
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(at))
		b = binary.BigEndian.AppendUint32(b, uint32(len(tags[name])))
		at += (len(tags[name]) + 3) &^ 3
	}
	for _, name := range names {
		b = append(b, tags[name]...)
		b = append(b, make([]byte, -len(b)&3)...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

func matrix(version byte, name string, m [9]float64, curve []byte) []byte {
	d := desc(name)
	if version == 4 {
		d = mluc(name)
	}
	return Make(version, "mntr", "RGB ", "XYZ ", map[string][]byte{
		"desc": d, "wtpt": xyz(.9642, 1, .8249),
		"rXYZ": xyz(m[0], m[3], m[6]), "gXYZ": xyz(m[1], m[4], m[7]), "bXYZ": xyz(m[2], m[5], m[8]),
		"rTRC": curve, "gTRC": curve, "bTRC": curve,
	})
}

func desc(s string) []byte {
	b := append([]byte("desc\x00\x00\x00\x00"), 0, 0, 0, byte(len(s)+1))
	b = append(append(b, s...), 0)
	return append(b, make([]byte, 78)...)
}

func mluc(s string) []byte {
	b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0cenUS")
	b = binary.BigEndian.AppendUint32(b, uint32(2*len(s)))
	b = binary.BigEndian.AppendUint32(b, 28)
	for _, c := range []byte(s) {
		b = append(b, 0, c)
	}
	return b
}

func s15(v float64) uint32 { return uint32(int32(math.Round(v * 65536))) }

func xyz(x, y, z float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, v := range []float64{x, y, z} {
		b = binary.BigEndian.AppendUint32(b, s15(v))
	}
	return b
}

// Gamma is a curveType of one number, or of none for 1.
func Gamma(g float64) []byte {
	if g == 1 {
		return []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00")
	}
	return binary.BigEndian.AppendUint16([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), uint16(math.Round(g*256)))
}

// Curve is a curveType of n entries.
func Curve(n int, f func(float64) float64) []byte {
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(n))
	for i := range n {
		b = binary.BigEndian.AppendUint16(b, unit16(f(float64(i)/float64(n-1))))
	}
	return b
}

// DotGain is the curve of a press whose dots swell by about 20 %.
func DotGain() []byte {
	return Curve(256, func(x float64) float64 {
		ink := 1 - x
		return 1 - (ink+.8*ink*(1-ink)*(1-.3*ink))*.98
	})
}

// curveSRGB is sRGB's curve as a parametricCurveType.
func curveSRGB() []byte {
	b := []byte("para\x00\x00\x00\x00\x00\x03\x00\x00")
	for _, v := range []float64{2.4, 1 / 1.055, .055 / 1.055, 1 / 12.92, .04045} {
		b = binary.BigEndian.AppendUint32(b, s15(v))
	}
	return b
}

func unit16(v float64) uint16 { return uint16(math.Round(65535 * min(max(v, 0), 1))) }

// lab converts XYZ to CIELAB of 0 to 1, as version 4 encodes it.
func lab(w [3]float64) [3]float64 {
	for i, n := range []float64{.9642, 1, .8249} {
		if t := w[i] / n; t > 216./24389 {
			w[i] = math.Cbrt(t)
		} else {
			w[i] = (24389./27*t + 16) / 116
		}
	}
	return [3]float64{(116*w[1] - 16) / 100, (500*(w[0]-w[1]) + 128) / 255, (200*(w[1]-w[2]) + 128) / 255}
}

// each calls f for all points of a grid, the last channel fastest.
func each(channels, points int, f func(v []float64)) {
	n := 1
	for range channels {
		n *= points
	}
	v := make([]float64, channels)
	for i := range n {
		for c, rest := channels-1, i; c >= 0; c-- {
			v[c] = float64(rest%points) / float64(points-1)
			rest /= points
		}
		f(v)
	}
}

// lut is a lut8Type or a lut16Type with straight curves.
func lut(wide bool, channels, points int, f func([]float64) [3]float64, toLab bool) []byte {
	b := append([]byte("mft1\x00\x00\x00\x00"), byte(channels), 3, byte(points), 0)
	entries := 256
	if wide {
		copy(b, "mft2")
		entries = 2
	}
	for i := range 9 {
		b = binary.BigEndian.AppendUint32(b, s15(float64(1-min(i%4, 1))))
	}
	if wide {
		b = append(b, 0, byte(entries), 0, byte(entries))
	}
	add := func(v float64) {
		if wide {
			b = binary.BigEndian.AppendUint16(b, unit16(v))
		} else {
			b = append(b, uint8(math.Round(255*min(max(v, 0), 1))))
		}
	}
	straight := func(n int) {
		for i := range n * entries {
			add(float64(i%entries) / float64(entries-1))
		}
	}
	straight(channels)
	each(channels, points, func(v []float64) {
		w := f(v)
		for i := range w {
			w[i] *= 32768. / 65535
		}
		if toLab {
			w = lab(f(v))
			if wide {
				for i := range w {
					w[i] *= 65280. / 65535
				}
			}
		}
		for _, s := range w {
			add(s)
		}
	})
	straight(3)
	return b
}

// mAB is a lutAToBType to CIELAB, or without f to XYZ. What is nil is left out.
func mAB(channels, points, size int, a []byte, f func([]float64) [3]float64, m []byte, mat []float64, curve []byte) []byte {
	b := append([]byte("mAB \x00\x00\x00\x00"), byte(channels), 3, 0, 0)
	b = append(b, make([]byte, 20)...)
	here := func(i int) { binary.BigEndian.PutUint32(b[12+4*i:], uint32(len(b))) }
	curves := func(n int, c []byte) {
		for range n {
			b = append(b, c...)
			b = append(b, make([]byte, -len(b)&3)...)
		}
	}
	here(0)
	curves(3, curve)
	if mat != nil {
		here(1)
		for _, v := range mat {
			b = binary.BigEndian.AppendUint32(b, s15(v))
		}
	}
	if m != nil {
		here(2)
		curves(3, m)
	}
	if f == nil {
		return b
	}
	here(3)
	grid := make([]byte, 20)
	for i := range channels {
		grid[i] = byte(points)
	}
	grid[16] = byte(size)
	b = append(b, grid...)
	each(channels, points, func(v []float64) {
		for _, s := range lab(f(v)) {
			if size == 2 {
				b = binary.BigEndian.AppendUint16(b, unit16(s))
			} else {
				b = append(b, uint8(math.Round(255*min(max(s, 0), 1))))
			}
		}
	})
	b = append(b, make([]byte, -len(b)&3)...)
	here(4)
	curves(channels, a)
	return b
}
