//go:build (!amd64 && !arm64) || noasm || !gc

package ycc

// There are no kernels that do a part of a row faster: 0 columns are done.

func toRGB(_, _, _, _, _, _ []uint8) int   { return 0 }
func fromRGB(_, _, _, _, _, _ []uint8) int { return 0 }
func luma(_, _, _, _ []uint8) int          { return 0 }
func halve(_, _ []uint8) int               { return 0 }
func quarter(_, _, _ []uint8) int          { return 0 }

func widen(dst, src []uint8)              { widenGeneric(dst, src) }
func widenBetween(dst, near, far []uint8) { widenBetweenGeneric(dst, near, far) }
