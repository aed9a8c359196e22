package luna

import (
	"fmt"
	"strings"

	"github.com/immagin/immagin-go/internal/sharpref"
)

// parityPage writes the certificate.
func parityPage(s sharpref.Set, tallies []tally) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Parity with sharp

Every edit is compared with what sharp %[1]s (libvips %[2]s) computes from
the same pixels in one call. The pictures are small and awkward: photo-like,
gradients, hard saturated edges, noise; gray and colour, with and without
alpha, fully transparent regions among it; 1-pixel, prime and even sides; 16
bits. A test wrote this page, and fails when it is out of date or a bound is
broken:

%[3]ssh
go test ./luna -run TestParity        # against the records
go test ./luna -run TestParityLive -v # against sharp itself, on random cases
%[3]s

The difference is that of one 8-bit sample. Cases that sharp refuses count as
cases; there the engine must refuse as well.

| edit | cases | samples | largest difference | samples that differ | bound |
|---|---:|---:|---:|---:|---|
`, s.Sharp, s.Libvips, "```")
	for _, r := range tallies {
		limit := "equal"
		switch {
		case r.share == 1:
			limit = fmt.Sprintf("%d", r.most)
		case r.most > 0:
			limit = fmt.Sprintf("%d, on %.2g %%", r.most, 100*r.share)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %.4f %% | %s |\n", r.set, r.run, r.Samples, r.Most, 100*r.Share(), limit)
	}
	b.WriteString(`
The sizes of results agree in all of 2000 random cases of size, width, height,
fit, upscale and downscale.

## What is left out, and why

- **Backgrounds with an alpha between 1 and 254.** sharp does not multiply them
  by their alpha where the picture is, so that their colour comes out wrong.
- **Blur below 0.558 of a picture with alpha.** It changes nothing here; in
  sharp, multiplying by alpha and back changes pixels.
- **Where enlargements sample.** Here, as libvips 8.19 does it: at the centres
  of pixels. sharp's libvips 8.18 is half a pixel of the result off. The
  comparison is made with a switch, for tests only, that does the same.
- **Angles below 0 and from 360 on.** Here they are taken modulo 360, so that one
  turn is one picture; sharp rounds the box of -30 otherwise than that of 330.
- **A coloured background under a gray picture.** Here the picture becomes
  coloured; sharp lays the background's luminance.
- **JPEG and lossy WebP.** The comparison begins at decoded pixels. From such
  originals a resize may work on the codec's own colour planes and scaled
  decoding, which is an approximation of the same quality.
- **Inverting alpha.** It is left alone here; compared is sharp's
  ` + "`negate({alpha: false})`" + `.

Pictures of 16 bits a sample keep them through all edits but tint, text, image
layers and operations that are plugged in, before which samples are cut to 8
bits; sharp does as much. At the end they are cut as well, as sharp's are, unless
the PNG encoder is told to keep them. go test ./luna -run TestDeepParity compares
those results: equal are resize, crop, extend, flip, flop, quarter turns, blur
and invert; of 65535 levels, flatten, normalize and, of opaque
pictures, sharpen are 1 off on 0.2 % of samples at most, modulate 4 on 1 %.
Backgrounds are scaled by 256, but opaque ones are opaque here: 65535, where sharp
says 65280.
`)
	return b.String()
}
