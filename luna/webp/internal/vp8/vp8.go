// Package vp8 holds what a VP8 encoder and a decoder share: the tables of RFC
// 6386, the numbers of modes, and the loop filter. Tables of costs are
// libwebp's; its licence lies beside, in LICENSE.libwebp.
//
// Nothing here is ever written.
package vp8

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
