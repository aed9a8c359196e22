// Package kernel holds the arithmetic of a VP8 encoder's blocks: transforms,
// quantisation, prediction, distortion and rate. It is in assembly where that
// pays, and gives the same bits everywhere.
//
// Samples are in block-major order: a Block is 4x4 samples by rows, 16 luma Blocks
// are a macroblock by rows of blocks, 4 of Cb and 4 of Cr its chroma. The
// algorithms are libwebp's (dsp/enc.c, dsp/cost.c), whose licence lies beside, in
// LICENSE.libwebp; where it says so they go further.
package kernel

// A Block is 4x4 samples, by rows.
type Block = [16]uint8

// Coefficients are those of a Block, by rows, or levels in zigzag order.
type Coefficients = [16]int16

// zigzag is the place of each level. That it is a constant of this package lets the
// compiler unroll.
var zigzag = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

func clip(v int) uint8 { return uint8(max(0, min(v, 255))) }

func abs(v int) int { return max(v, -v) }
