package main

import (
	"cmp"
	"math"
	"slices"
)

// median returns the middle of values, or the mean of the two in the middle;
// zero where there are none.
func median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	s := slices.SortedFunc(slices.Values(values), cmp.Compare)
	if n := len(s); n%2 == 0 {
		return s[n/2-1] + (s[n/2]-s[n/2-1])/2
	}
	return s[len(s)/2]
}

// psnr is in decibels, infinite for equal pictures.
func psnr(mse float64) float64 { return 10 * math.Log10(255*255/mse) }

// A verdict is how alike the pictures of both sides are.
type verdict struct {
	us, them [2]int // width and height
	psnr     float64
}
