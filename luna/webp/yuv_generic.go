//go:build (!amd64 && !arm64) || noasm || !gc

package webp

// These do as much of a row as there is assembly for, and return how much.
func upsampleRow(_, _, _ []uint8) int       { return 0 }
func rgbRow(_, _, _, _, _, _ []uint8) int   { return 0 }
func shrinkRows(_, _ []uint8, _, _ int) int { return 0 }
