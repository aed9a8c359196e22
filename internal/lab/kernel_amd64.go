//go:build amd64 && !noasm && gc

package lab

import "golang.org/x/sys/cpu"

// useAVX2 is never written.
var useAVX2 = cpu.X86.HasAVX2

// The kernels of kernel_amd64.s give the bits of the portable ones. They work
// on four pixels at a time, of which n is a multiple above 0, and check no
// bounds.

//go:noescape
func lightnessAVX2(s *Space, n int, dst *float32, red, green, blue *uint8)

//go:noescape
func fromRGBAVX2(s *Space, n int, l, a, b *float32, red, green, blue *uint8)

//go:noescape
func toRGBAVX2(s *Space, n int, red, green, blue *uint8, l, a, b *float32)

//go:noescape
func grayAVX2(s *Space, n int, dst, red, green, blue *uint8)

func (s *Space) lightness(dst []float32, red, green, blue []uint8) {
	n := 0
	if useAVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		lightnessAVX2(s, n, &dst[0], &red[:n][0], &green[:n][0], &blue[:n][0])
	}
	s.lightnessGeneric(dst[n:], red[n:], green[n:], blue[n:])
}

func (s *Space) fromRGB(l, a, b []float32, red, green, blue []uint8) {
	n := 0
	if useAVX2 && len(l) >= 4 {
		n = len(l) &^ 3
		fromRGBAVX2(s, n, &l[0], &a[:n][0], &b[:n][0], &red[:n][0], &green[:n][0], &blue[:n][0])
	}
	s.fromRGBGeneric(l[n:], a[n:], b[n:], red[n:], green[n:], blue[n:])
}

func (s *Space) toRGB(red, green, blue []uint8, l, a, b []float32) {
	n := 0
	if useAVX2 && len(l) >= 4 {
		n = len(l) &^ 3
		toRGBAVX2(s, n, &red[:n][0], &green[:n][0], &blue[:n][0], &l[0], &a[:n][0], &b[:n][0])
	}
	s.toRGBGeneric(red[n:], green[n:], blue[n:], l[n:], a[n:], b[n:])
}

func (s *Space) gray(dst, red, green, blue []uint8) {
	n := 0
	if useAVX2 && len(dst) >= 4 {
		n = len(dst) &^ 3
		grayAVX2(s, n, &dst[0], &red[:n][0], &green[:n][0], &blue[:n][0])
	}
	s.grayGeneric(dst[n:], red[n:], green[n:], blue[n:])
}
