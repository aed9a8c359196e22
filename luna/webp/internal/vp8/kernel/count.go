package kernel

import "github.com/immagin/immagin-go/luna/webp/internal/vp8"

// Counts are how often each token came in one type of block: 16 places for each
// context of each band, 4 contexts a band. The first is the end of a block, then
// come zero to four, and the six categories.
type Counts = [vp8.Bands * 4 * 16]uint32

func countGeneric(counts *Counts, levels *Coefficients, first, last, context int) {
	at := 4*first + context
	for n := first; n < last; n++ {
		v := abs(int(levels[n]))
		counts[16*at+1+wayOf(v)]++
		at = 4*int(vp8.BandOf[n+1]) + min(v, 2)
	}
	if last < 16 {
		counts[16*at]++
	}
}
