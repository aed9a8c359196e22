//go:build (!amd64 && !arm64) || noasm || !gc

package convolve

func slide8(sums []int32, base []uint8, moves []move) { slide8Generic(sums, base, moves) }

func slide16(sums []int32, base []uint16, moves []move) { slide16Generic(sums, base, moves) }

func addUp(sums []int32) { addUpGeneric(sums) }

func scale8(dst []uint8, sums []int32, m *Mask) { scaleGeneric(dst, sums, m) }

func scale16(dst []uint16, sums []int32, m *Mask) { scaleGeneric(dst, sums, m) }
