//go:build amd64 && !noasm && gc

package decoder

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// accelerated tells whether there are AVX2, BMI2 and LZCNT, which no processor
// with BMI2 is without. It is never written.
var accelerated = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2

// tokenArguments are those of the assembly, which knows their offsets.
type tokenArguments struct {
	window      uint64 // the reader
	at          *uint8
	count       int
	span        uint64
	tokens      *tokens
	steps       *steps
	above, left *tokenContext
	c           *coefficients
	blocks      uint64
	luma        uint32 // results
	chroma      uint32
}

// macroblockBMI2 is parse, and checks no bounds: margin bytes may be read from at
// on.
//
//go:noescape
func macroblockBMI2(a *tokenArguments)

// parseMacroblock reads the coefficients of a macroblock that has some, where there
// are margin bytes.
func (h *header) parseMacroblock(r *reader, m *macroblock, above, left *tokenContext, c *coefficients) {
	if !accelerated {
		h.parse(r, m, above, left, c, (*reader).blockQuickly)
		return
	}
	rest := r.data[r.at:]
	_ = rest[margin-1]
	a := tokenArguments{
		window: r.window, at: &rest[0], count: r.count, span: uint64(r.span),
		tokens: &h.tokens, steps: &h.steps[m.segment], above: above, left: left, c: c,
	}
	if m.blocks {
		a.blocks = 1
	}
	macroblockBMI2(&a)
	r.at += int(uintptr(unsafe.Pointer(a.at)) - uintptr(unsafe.Pointer(&rest[0])))
	r.window, r.count, r.span = a.window, a.count, uint32(a.span)
	m.luma, m.chroma = a.luma, a.chroma
}
