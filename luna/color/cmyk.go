package color

import (
	_ "embed"
	"sync"
)

// inkPoints is how many amounts of each ink the table of unnamed CMYK has.
const inkPoints = 9

// inkLevel returns the amount, 0 to 255, of point i.
func inkLevel(i int) uint8 { return uint8((i*255 + (inkPoints-1)/2) / (inkPoints - 1)) }

// unnamedCMYK is the sRGB of all mixtures of inkPoints amounts of the four
// inks, the amount of black varying fastest. It was measured: it is what sharp
// answers for a picture of those mixtures without a profile (record.mjs).
//
//go:embed cmyk.rgb
var unnamedCMYK []byte

var unnamed = sync.OnceValue(func() *Transform {
	g := makeGrid(CMYK, inkPoints)
	for i := range g.nodes {
		for c := range 3 {
			g.nodes[i][c] = uint16(unnamedCMYK[3*i+c]) * 257
		}
	}
	for i := range int32(inkPoints - 1) {
		low, high := int32(inkLevel(int(i))), int32(inkLevel(int(i)+1))
		for v := low; v <= high; v++ {
			g.place[v] = place{i, ((v-low)<<fractionBits + (high-low)/2) / (high - low)}
		}
	}
	return &Transform{name: "unnamed CMYK", space: CMYK, kernel: g}
})

// Unnamed returns the transform of CMYK that comes without a profile: that of
// an offset press on coated paper, near to what sharp does with such pictures
// (44 dB on random mixtures of inks).
func Unnamed() *Transform { return unnamed() }
