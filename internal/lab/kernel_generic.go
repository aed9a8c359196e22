//go:build !amd64 || noasm || !gc

package lab

func (s *Space) lightness(dst []float32, red, green, blue []uint8) {
	s.lightnessGeneric(dst, red, green, blue)
}

func (s *Space) fromRGB(l, a, b []float32, red, green, blue []uint8) {
	s.fromRGBGeneric(l, a, b, red, green, blue)
}

func (s *Space) toRGB(red, green, blue []uint8, l, a, b []float32) {
	s.toRGBGeneric(red, green, blue, l, a, b)
}

func (s *Space) gray(dst, red, green, blue []uint8) { s.grayGeneric(dst, red, green, blue) }
