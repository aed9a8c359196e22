//go:build !amd64 || noasm || !gc

package decoder

// parseMacroblock reads the coefficients of a macroblock that has some, where there
// are margin bytes.
func (h *header) parseMacroblock(r *reader, m *macroblock, above, left *tokenContext, c *coefficients) {
	h.parse(r, m, above, left, c, (*reader).blockQuickly)
}
