package codectest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// exif is a TIFF structure with an orientation, and a description of so many
// bytes.
func exif(orientation, description int) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00\x02\x00")
	entry := func(tag, kind uint16, count, value uint32) {
		b = binary.LittleEndian.AppendUint16(b, tag)
		b = binary.LittleEndian.AppendUint16(b, kind)
		b = binary.LittleEndian.AppendUint32(b, count)
		b = binary.LittleEndian.AppendUint32(b, value)
	}
	entry(270, 2, uint32(description), 38) // ImageDescription, ASCII
	entry(274, 3, 1, uint32(orientation))  // Orientation, SHORT
	b = append(b, 0, 0, 0, 0)
	return append(append(b, strings.Repeat("x", description-1)...), 0)
}

func xmp(n int) []byte {
	return []byte(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><!--` + strings.Repeat("é", n/2) + `--></x:xmpmeta>`)
}

func iptc(n int) []byte {
	b := []byte{0x1c, 2, 80} // By-line
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	return append(b, strings.Repeat("n", n)...)
}

// kept is what of m a file is to tell.
func (o Options) kept(m codec.Metadata) codec.Metadata {
	if !o.EXIF {
		m.EXIF = nil
	}
	if !o.XMP {
		m.XMP = nil
	}
	if !o.IPTC {
		m.IPTC = nil
	}
	return m
}

func sameMetadata(want, got codec.Metadata) error {
	for name, pair := range map[string][2][]byte{"EXIF": {want.EXIF, got.EXIF}, "XMP": {want.XMP, got.XMP}, "IPTC": {want.IPTC, got.IPTC}} {
		if !bytes.Equal(pair[0], pair[1]) {
			return fmt.Errorf("the %s is %d bytes, %.40q; it should be %d, %.40q", name, len(pair[1]), pair[1], len(pair[0]), pair[0])
		}
	}
	return nil
}

// checkMetadata writes metadata and reads them back, those that Options say,
// and no others.
func checkMetadata(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	all := []codec.Metadata{
		{}, {EXIF: exif(1, 20)}, {XMP: xmp(100)}, {IPTC: iptc(21)},
		{EXIF: exif(1, 1001), XMP: xmp(3000), IPTC: iptc(999)},
	}
	for _, encoding := range o.Encodings {
		for _, l := range []pixel.Layout{pixel.RGB, pixel.RGBA, pixel.Gray} {
			m := draw(shape(e, 21, 13, l, encoding.Options))
			plain, err := encode(ctx, e, m, 0, encoding.Options)
			if err != nil {
				return err
			}
			want, _, err := reread(ctx, d, plain)
			if err != nil {
				return err
			}
			for _, metadata := range all {
				opts := encoding.Options
				opts.Metadata = metadata
				data, err := encode(ctx, e, m, 0, opts)
				if err != nil {
					return fmt.Errorf("with metadata: %w", err)
				}
				got, info, err := reread(ctx, d, data)
				if err == nil {
					err = same(want, got)
				}
				if err == nil {
					err = sameMetadata(o.kept(metadata), info.Metadata)
				}
				if err != nil {
					return fmt.Errorf("%v with %v and metadata: %w", m.Shape, encoding, err)
				}
				if metadata.IsZero() && (info.Orientation != 1 || info.Density != 0) {
					return fmt.Errorf("%v with %v: without metadata there is an orientation %d and a density %v", m.Shape, encoding, info.Orientation, info.Density)
				}
			}
			// What is too long for the format is left out, or it is kept.
			opts := encoding.Options
			opts.Metadata = codec.Metadata{EXIF: exif(1, 200_000), XMP: xmp(200_000), IPTC: iptc(60_000)}
			data, err := encode(ctx, e, m, 0, opts)
			if err != nil {
				return fmt.Errorf("with long metadata: %w", err)
			}
			got, info, err := reread(ctx, d, data)
			if err == nil {
				err = same(want, got)
			}
			if err != nil {
				return fmt.Errorf("%v with %v and long metadata: %w", m.Shape, encoding, err)
			}
			long := o.kept(opts.Metadata)
			for _, pair := range [][2][]byte{{long.EXIF, info.Metadata.EXIF}, {long.XMP, info.Metadata.XMP}, {long.IPTC, info.Metadata.IPTC}} {
				if len(pair[1]) > 0 && !bytes.Equal(pair[0], pair[1]) {
					return fmt.Errorf("%v with %v: of %d bytes of metadata %d come back", m.Shape, encoding, len(pair[0]), len(pair[1]))
				}
			}
		}
	}
	return nil
}

// checkOrientation reads it from EXIF.
func checkOrientation(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	if !o.EXIF {
		return skip("it writes no EXIF")
	}
	for orientation, want := range []int{1, 1, 2, 3, 4, 5, 6, 7, 8, 1} {
		if o.Upright {
			want = 1
		}
		opts := o.Encodings[0].Options
		opts.Metadata.EXIF = exif(orientation, 20)
		data, err := encode(ctx, e, draw(shape(e, 19, 11, pixel.RGB, opts)), 0, opts)
		if err != nil {
			return err
		}
		m, info, err := reread(ctx, d, data)
		if err != nil {
			return err
		}
		if info.Orientation != want || m.Shape.Width != 19 {
			return fmt.Errorf("with orientation %d in EXIF, Probe says %d and the picture is %v", orientation, info.Orientation, m.Shape)
		}
	}
	return nil
}

func checkDensity(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for _, density := range []float64{0, 72, 96, 300, 1200} {
			opts := encoding.Options
			opts.Density = density
			data, err := encode(ctx, e, draw(shape(e, 19, 11, pixel.RGB, opts)), 0, opts)
			if err != nil {
				return err
			}
			info, err := d.Probe(bytes.NewReader(data))
			if err != nil {
				return err
			}
			want := density
			if !o.Density {
				want = 0
			}
			if math.Abs(info.Density-want) > want/200 {
				return fmt.Errorf("%v: a density of %v is read back as %v; it should be %v", encoding, density, info.Density, want)
			}
		}
	}
	return nil
}
