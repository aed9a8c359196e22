package codectest

import (
	"bytes"
	"context"
	"fmt"
	"image"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

func checkScales(ctx context.Context, c codec.Codec, o Options) error {
	d, err := as[codec.Scaler](c, "it cannot scale")
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 61, 43)
	if err != nil {
		return err
	}
	for _, f := range all {
		info, err := d.Probe(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		last := codec.Scale{Numerator: 0, Denominator: 1}
		for _, scale := range append(d.Scales(info), codec.Scale{Numerator: 1, Denominator: 1}) {
			if scale.Denominator < 1 || last.Numerator*scale.Denominator >= scale.Numerator*last.Denominator {
				return fmt.Errorf("%s: Scales has %v after %v: the smallest comes first, all below 1", f.Name, scale, last)
			}
			last = scale
			m, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{Scale: scale})
			if err != nil {
				return fmt.Errorf("%s at %v: %w", f.Name, scale, err)
			}
			want := info.Shape
			want.Width, want.Height = scale.Size(want.Width), scale.Size(want.Height)
			if m.Shape != want {
				return fmt.Errorf("%s at %v: Decode yields %v; %v is due", f.Name, scale, m.Shape, want)
			}
		}
	}
	return nil
}

func checkRegion(ctx context.Context, c codec.Codec, o Options) error {
	d, err := as[codec.Regioner](c, "it decodes no parts")
	if err != nil {
		return err
	}
	all, err := files(ctx, c, o, 161, 143)
	if err != nil {
		return err
	}
	for _, f := range all {
		info, err := d.Probe(bytes.NewReader(f.Data))
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		scales := []codec.Scale{{}}
		if s, ok := c.(codec.Scaler); ok {
			scales = append(scales, s.Scales(info)...)
		}
		for _, scale := range scales {
			whole, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{Scale: scale})
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
			bounds := image.Rect(0, 0, whole.Shape.Width, whole.Shape.Height)
			for _, want := range []image.Rectangle{
				bounds, image.Rect(0, 0, 1, 1), image.Rect(bounds.Max.X-1, bounds.Max.Y-1, bounds.Max.X, bounds.Max.Y),
				image.Rect(bounds.Max.X/3, bounds.Max.Y/4, bounds.Max.X/2+1, bounds.Max.Y/2+2), image.Rect(0, bounds.Max.Y/2, bounds.Max.X, bounds.Max.Y/2+1),
			} {
				region := d.Region(info, scale, want)
				if !want.In(region) || !region.In(bounds) {
					return fmt.Errorf("%s at %v: Region of %v is %v", f.Name, scale, want, region)
				}
				m, err := decode(ctx, d, bytes.NewReader(f.Data), codec.Request{Scale: scale, Region: region})
				if err == nil {
					err = part(whole, region, m)
				}
				if err != nil {
					return fmt.Errorf("%s at %v, region %v: %w", f.Name, scale, region, err)
				}
			}
		}
	}
	return nil
}

// part compares m with a rectangle of whole.
func part(whole *pixel.Image, r image.Rectangle, m *pixel.Image) error {
	want := whole.Shape
	want.Width, want.Height = r.Dx(), r.Dy()
	if m.Shape != want {
		return fmt.Errorf("its Decode yields %v; %v is due", m.Shape, want)
	}
	for p := range want.Layout.Planes() {
		sx, sy := want.Layout.Subsampling(p)
		for y := range m.Planes[p].Height {
			for x := range m.Planes[p].Width {
				if level(&m.Planes[p], x, y, want.Deep) != level(&whole.Planes[p], x+r.Min.X>>sx, y+r.Min.Y>>sy, want.Deep) {
					return fmt.Errorf("plane %d differs at %d,%d", p, x, y)
				}
			}
		}
	}
	return nil
}
