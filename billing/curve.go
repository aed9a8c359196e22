package billing

import (
	"fmt"
	"math"
	"slices"
)

// maxPoints bounds what Curve makes.
const maxPoints = 100_000

// Point is one quantity and its exact price.
type Point struct {
	Quantity int64 `json:"quantity"` // units
	Amount   Money `json:"amount"`   // what they cost, to the nano-unit
}

// bounds are the last units of a price's tiers, if it is one of ours.
func bounds(p Price) []int64 {
	if t, ok := p.(interface{ bounds() []int64 }); ok {
		return t.bounds()
	}
	return nil
}

// Curve is the exact price of quantities from one to another, for a chart:
// at least points of them, evenly spaced, both ends among them, and besides
// the last unit of every tier and the one after, so that lines drawn from
// point to point keep every corner and cliff. Points must be 2 to 100,000
// and from below to; otherwise the error is [ErrQuantity].
func Curve(p Price, from, to int64, points int) ([]Point, error) {
	if err := span(from, to); err != nil {
		return nil, err
	}
	if points < 2 || points > maxPoints || from == to {
		return nil, fmt.Errorf("%w: %d points from %d to %d, must be 2 to %d points from lower to higher",
			ErrQuantity, points, from, to, maxPoints)
	}
	at := make([]int64, 0, points)
	for i := range points {
		step, _ := mulDiv(uint64(to-from), uint64(i), uint64(points-1), Down)
		at = append(at, from+int64(step))
	}
	for _, end := range bounds(p) {
		for _, q := range []int64{end, end + 1} {
			if from < q && q < to {
				at = append(at, q)
			}
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	curve := make([]Point, len(at))
	for i, q := range at {
		amount, err := p.Amount(q)
		if err != nil {
			return nil, err
		}
		curve[i] = Point{q, amount}
	}
	return curve, nil
}

// Cliff is a quantity after which the next unit lowers the bill. From At+1
// up to Recovers-1 a customer pays less than for At: the dead zone of a
// volume price.
type Cliff struct {
	At       int64 `json:"at"`       // the last unit before the fall
	Before   Money `json:"before"`   // the price of At
	After    Money `json:"after"`    // the price of At+1
	Recovers int64 `json:"recovers"` // the first quantity after At that costs Before or more; Inf if none does
}

// Cliffs are those of a price of this package, in order of their quantity.
// Only volume prices, bare or capped, have any.
func Cliffs(p Price) ([]Cliff, error) {
	var found []Cliff
	ends := bounds(p)
	for i, end := range ends {
		if end == math.MaxInt64 {
			break
		}
		before, err := p.Amount(end)
		if err != nil {
			return nil, err
		}
		after, err := p.Amount(end + 1)
		if err != nil {
			return nil, err
		}
		if after.nano >= before.nano {
			continue
		}
		found = append(found, Cliff{end, before, after, recovers(p, before, ends[i:])})
	}
	return found, nil
}

// recovers is the first quantity after ends[0] that costs at least before.
// Within a tier a price never falls, so that each is searched by halves; an
// amount out of range is more than any.
func recovers(p Price, before Money, ends []int64) int64 {
	reaches := func(qty int64) bool {
		amount, err := p.Amount(qty)
		return err != nil || amount.nano >= before.nano
	}
	for i, low := range ends {
		high := int64(math.MaxInt64)
		if i+1 < len(ends) {
			high = ends[i+1]
		}
		if !reaches(high) {
			continue
		}
		for low+1 < high {
			if middle := low + (high-low)/2; reaches(middle) {
				high = middle
			} else {
				low = middle
			}
		}
		return high
	}
	return Inf
}
