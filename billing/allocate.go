package billing

import (
	"cmp"
	"math/bits"
)

// remainder is what a share lost by being rounded down, in parts of the sum
// of the weights.
type remainder struct {
	lost  uint64
	index int
}

// compare puts the largest remainder first, and the earlier of two equals.
func (r remainder) compare(o remainder) int {
	return cmp.Or(cmp.Compare(o.lost, r.lost), cmp.Compare(r.index, o.index))
}

// divide is the whole part and the remainder of all·weight/total, where
// weight ≤ total.
func divide(all, weight, total uint64, index int) (uint64, remainder) {
	hi, lo := bits.Mul64(all, weight)
	quo, rem := bits.Div64(hi, lo, total)
	return quo, remainder{rem, index}
}
