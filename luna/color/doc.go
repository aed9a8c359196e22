// Package color converts pixels from the space that an ICC profile describes
// to sRGB.
//
// It reads profiles of versions 2 and 4 (ICC.1:2001-04, ICC.1:2022) for gray,
// RGB and CMYK devices: by matrix and curves, and by the look-up tables lut8,
// lut16 and lutAToB, to XYZ or CIELAB. The rendering intent is perceptual, with
// black point compensation, which is what Little CMS does to an sRGB profile of
// version 4, and so what sharp's users get.
//
// A [Profile] is not evaluated for each pixel: a [Transform] bakes it into
// tables, and works on samples in integers. The tables are made by arithmetic
// whose every product is rounded, so that all machines make the same bits.
package color

// Revision changes whenever the samples that the package makes may.
const Revision = "color 1"
