// Package color converts pixels from the space that an ICC profile describes to
// sRGB. Package luna does this for every original that has a profile; a program
// uses the package itself where it decodes pictures on its own.
//
//	profile, err := color.Parse(icc)
//	if err != nil {
//		return err
//	}
//	t := color.New(profile)
//	if !t.Plain() { // it is not sRGB already
//		t.Apply(strip)
//	}
//
// It reads profiles of versions 2 and 4 (ICC.1:2001-04, ICC.1:2022) for gray, RGB
// and CMYK devices: by matrix and curves, and by the look-up tables lut8, lut16 and
// lutAToB, to XYZ or CIELAB. The rendering intent is perceptual, with black point
// compensation, which is what Little CMS does to an sRGB profile of version 4, and
// so what sharp's users get. [Unnamed] stands in for the profile that a CMYK picture
// lacks.
//
// A [Profile] is not evaluated for each pixel: a [Transform] bakes it into tables,
// and works on samples in integers. The tables are made by arithmetic whose every
// product is rounded, so that all machines make the same bits. A [Cache] keeps the
// tables of the profiles that come most.
//
// Profiles, transforms and caches are safe for concurrent use. A profile comes from
// a stranger's file: reading it takes no more memory than a small multiple of its
// length, and fails with [ErrProfile] where it makes no sense.
package color

// Revision changes whenever the samples that the package makes may.
const Revision = "color 1"
