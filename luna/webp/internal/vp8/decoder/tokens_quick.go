package decoder

import (
	"encoding/binary"
	"math/bits"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8"
)

// blockQuickly is block where there are margin bytes.
func (r *reader) blockQuickly(probabilities *placed, context uint8, n int, steps *[2]int16, c *[16]int16) int {
	window, count, span := r.window, r.count, r.span
	p := &probabilities[n][context]
	for {
		// What precedes a sign takes 21 bits, but for levels above 1.
		if count < 24 {
			window |= binary.BigEndian.Uint64(r.data[r.at:]) >> (uint(8+count) & 63)
			r.at += (56 - count) >> 3
			count += (56 - count) &^ 7
		}
		split := span * uint32(p[0]) >> 8
		top := uint64(split+1) << 56
		if window < top {
			shift := uint(bits.LeadingZeros64(top)) & 63
			r.window, r.count, r.span = window<<shift, count-int(shift), (split+1)<<shift-1
			return n
		}
		window -= top
		span -= split
		shift := uint(bits.LeadingZeros8(uint8(span))) & 7
		window, count, span = window<<shift, count-int(shift), span<<shift-1
		for {
			split := span * uint32(p[1]) >> 8
			top := uint64(split+1) << 56
			if window >= top {
				window -= top
				span -= split
				break
			}
			shift := uint(bits.LeadingZeros64(top)) & 63
			window, count, span = window<<shift, count-int(shift), (split+1)<<shift-1
			n++
			if n == 16 {
				r.window, r.count, r.span = window, count, span
				return 16
			}
			p = &probabilities[n&15][0]
			if count < 24 {
				window |= binary.BigEndian.Uint64(r.data[r.at:]) >> (uint(8+count) & 63)
				r.at += (56 - count) >> 3
				count += (56 - count) &^ 7
			}
		}
		shift = uint(bits.LeadingZeros8(uint8(span))) & 7
		window, count, span = window<<shift, count-int(shift), span<<shift-1

		v := int16(1)
		split = span * uint32(p[2]) >> 8
		top = uint64(split+1) << 56
		if window < top {
			shift := uint(bits.LeadingZeros64(top)) & 63
			window, count, span = window<<shift, count-int(shift), (split+1)<<shift-1
			p = &probabilities[n+1][1]
		} else {
			window -= top
			span -= split
			shift := uint(bits.LeadingZeros8(uint8(span))) & 7
			r.window, r.count, r.span = window<<shift, count-int(shift), span<<shift-1
			v = int16(r.large(p))
			window, count, span = r.window, r.count, r.span
			p = &probabilities[n+1][2]
			if count < 1 {
				window |= binary.BigEndian.Uint64(r.data[r.at:]) >> (uint(8+count) & 63)
				r.at += (56 - count) >> 3
				count += (56 - count) &^ 7
			}
		}
		// A bit of probability 128 takes one bit.
		split = span >> 1
		top = uint64(split+1) << 56
		if window >= top {
			window -= top
			span--
			v = -v
		}
		window, count, span = window<<1, count-1, span|1
		step := steps[1]
		if n == 0 {
			step = steps[0]
		}
		c[vp8.Zigzag[n]&15] = v * step
		n++
		if n == 16 {
			r.window, r.count, r.span = window, count, span
			return 16
		}
	}
}
