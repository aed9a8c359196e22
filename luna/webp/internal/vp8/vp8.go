// Package vp8 holds what a VP8 encoder and a decoder share: the tables of RFC
// 6386, the numbers of modes, and the loop filter. Tables of costs are
// libwebp's; its licence lies beside, in LICENSE.libwebp.
//
// Nothing here is ever written.
package vp8

// Stride is the distance of rows in a macroblock's work area: 16 rows, of 16 luma
// samples, 8 Cb and 8 Cr. Chroma has the first 8 rows.
const Stride = 32

// Where the planes begin in a work area, and its size.
const (
	LumaOffset = 0
	CbOffset   = 16
	CrOffset   = 24
	AreaSize   = 16 * Stride
)

// Types of blocks, as probabilities tell them apart (RFC 6386, 13.3).
const (
	LumaAfterDC = iota // luma without its DC, which is in a second-order block
	SecondOrder        // the DCs of the 16 luma blocks
	Chroma
	Luma // luma with its DC
	Types
)

// Sizes of the tables of tokens' probabilities.
const (
	Bands    = 8
	Contexts = 3
	Nodes    = 11
)

// BlockOffsets are where the blocks of a work area begin: 16 of luma, 4 of Cb, 4
// of Cr, by rows.
var BlockOffsets = [24]int{
	0, 4, 8, 12,
	4 * Stride, 4*Stride + 4, 4*Stride + 8, 4*Stride + 12,
	8 * Stride, 8*Stride + 4, 8*Stride + 8, 8*Stride + 12,
	12 * Stride, 12*Stride + 4, 12*Stride + 8, 12*Stride + 12,
	CbOffset, CbOffset + 4, CbOffset + 4*Stride, CbOffset + 4*Stride + 4,
	CrOffset, CrOffset + 4, CrOffset + 4*Stride, CrOffset + 4*Stride + 4,
}

// Zigzag is the place in a block, by rows, of each coefficient in coded order.
var Zigzag = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

// BandOf is the band of each coefficient in coded order. Its end saves the question
// whether there is another coefficient.
var BandOf = [17]uint8{0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0}

// A Category is a token that stands for a range of levels and is followed by extra
// bits.
type Category struct {
	Base          int     // the lowest level
	Probabilities []uint8 // of the extra bits, the highest bit first
}

// Categories are the six categories, in order of level (RFC 6386, 13.2).
var Categories = [6]Category{
	{5, []uint8{159}},
	{7, []uint8{165, 145}},
	{11, []uint8{173, 148, 140}},
	{19, []uint8{176, 155, 140, 135}},
	{35, []uint8{180, 157, 141, 134, 130}},
	{67, []uint8{254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}},
}
