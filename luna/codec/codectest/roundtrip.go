package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// trip encodes m and compares what is decoded.
func trip(ctx context.Context, d codec.Decoder, e codec.Encoder, m *pixel.Image, encoding Encoding, o Options) error {
	data, err := encode(ctx, e, m, 0, encoding.Options)
	if err != nil {
		return fmt.Errorf("%v: %w", encoding, err)
	}
	got, _, err := reread(ctx, d, data)
	if err == nil {
		err = near(m, got, encoding, o)
	}
	if err != nil {
		return fmt.Errorf("%v with %v: %w", m.Shape, encoding, err)
	}
	return nil
}

// accepted lists the layouts that the encoder is ever given.
func accepted(e codec.Encoder, opts codec.Options) (all []pixel.Layout) {
	seen := map[pixel.Layout]bool{}
	for _, l := range layouts() {
		if a := e.Accepts(l, opts); !seen[a] {
			seen[a] = true
			all = append(all, a)
		}
	}
	return all
}

func checkRoundTrip(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for _, l := range accepted(e, encoding.Options) {
			for _, size := range append(sizes, [2]int{200, 150}) {
				m := draw(pixel.Shape{Width: size[0], Height: size[1], Layout: l})
				if err := trip(ctx, d, e, m, encoding, o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkTransparent has pictures whose alpha is the same everywhere, and those
// in which premultiplying, or mixing pixels with what is not seen, would show.
func checkTransparent(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	tried := false
	for _, encoding := range o.Encodings {
		for _, l := range accepted(e, encoding.Options) {
			if !l.HasAlpha() {
				continue
			}
			tried = true
			s := pixel.Shape{Width: 32, Height: 24, Layout: l}
			for _, alpha := range []uint8{0, 1, 127, 128, 254, 255} {
				m := fill(draw(s), l.Planes()-1, alpha)
				if err := trip(ctx, d, e, m, encoding, o); err != nil {
					return fmt.Errorf("alpha %d everywhere: %w", alpha, err)
				}
			}
			m := pixel.NewImage(nil, s)
			for p := range l.Planes() {
				fill(m, p, []uint8{200, 100, 50, 128}[p])
			}
			hole := m.Planes[l.Planes()-1].Rows(0, 8)
			for y := range hole.Height {
				clear(hole.Row(y))
			}
			fill(m, l.Planes()-1, 128)
			for y := range hole.Height {
				clear(hole.Row(y)[:9])
			}
			if err := trip(ctx, d, e, m, encoding, o); err != nil {
				return fmt.Errorf("flat colour, half transparent: %w", err)
			}
		}
	}
	if !tried {
		return skip("it takes no alpha")
	}
	return nil
}

// checkLossless holds those that say so to every pixel.
func checkLossless(ctx context.Context, c codec.Codec, o Options) error {
	d, e, err := both(c)
	if err != nil {
		return err
	}
	all := []codec.Options{{}, {Lossless: true}, {Lossless: true, Quality: 50}}
	for _, encoding := range o.Encodings {
		all = append(all, encoding.Options)
	}
	tried := false
	for _, opts := range all {
		lossless := opts.Lossless
		if l, ok := e.(codec.LosslessEncoder); ok {
			lossless = l.Lossless(opts)
		}
		for _, l := range accepted(e, opts) {
			m := draw(pixel.Shape{Width: 37, Height: 29, Layout: l})
			for i := range m.Planes[0].Pix {
				m.Planes[0].Pix[i] += uint8(i * i % 7)
			}
			if !lossless || e.Check(m.Shape, opts) != nil {
				continue
			}
			tried = true
			if err := trip(ctx, d, e, m, Encoding{Name: "lossless options", Options: opts}, o); err != nil {
				return err
			}
		}
	}
	if !tried {
		return skip("it always loses something")
	}
	return nil
}

// checkDeep has samples of 16 bits kept where they are accepted, and refused
// where not.
func checkDeep(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for _, l := range accepted(e, encoding.Options) {
			m := draw(pixel.Shape{Width: 40, Height: 30, Layout: l, Deep: true})
			deep, ok := c.(codec.DeepEncoder)
			if !ok || !deep.AcceptsDeep(encoding.Options) {
				if err := e.Encode(ctx, io.Discard, m.Source(0, nil), encoding.Options); !errors.Is(err, codec.ErrUnsupported) {
					return fmt.Errorf("its Encode of %v, which are not accepted, says: %w", m.Shape, orNil(err))
				}
				continue
			}
			if d, ok := c.(codec.Decoder); ok {
				if err := trip(ctx, d, e, m, encoding, o); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

var errNone = errors.New("no error")

func orNil(err error) error {
	if err == nil {
		return errNone
	}
	return err
}

func checkAccepts(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	for _, encoding := range o.Encodings {
		for _, l := range layouts() {
			a := e.Accepts(l, encoding.Options)
			m := draw(pixel.Shape{Width: 8, Height: 8, Layout: l})
			err := e.Encode(ctx, io.Discard, m.Source(0, nil), encoding.Options)
			switch {
			case !a.Valid():
				return fmt.Errorf("its Accepts(%v) is %v", l, a)
			case a.HasAlpha() && !l.HasAlpha():
				return fmt.Errorf("its Accepts(%v) is %v: alpha from nowhere", l, a)
			case e.Accepts(a, encoding.Options) != a:
				return fmt.Errorf("its Accepts(%v) is %v, but that is not accepted", l, a)
			case a == l && err != nil:
				return fmt.Errorf("%v is accepted, but: %w", l, err)
			case a != l && !errors.Is(err, codec.ErrUnsupported):
				return fmt.Errorf("its Encode of %v, which is not accepted, says: %w", l, orNil(err))
			}
		}
	}
	return nil
}

// checkCheck compares what Check says with what Encode does.
func checkCheck(ctx context.Context, c codec.Codec, o Options) error {
	e, err := encoder(c)
	if err != nil {
		return err
	}
	m := draw(shape(e, 24, 16, pixel.RGB, codec.Options{}))
	for _, encoding := range o.Encodings {
		if err := e.Check(m.Shape, encoding.Options); err != nil {
			return fmt.Errorf("%v: Check: %w", encoding, err)
		}
	}
	all := []codec.Options{{Quality: -1}, {Quality: 1}, {Quality: 50}, {Quality: 100}, {Quality: 101}, {Progressive: true}, {Lossless: true}}
	for _, effort := range []int{-1, 0, 5, 9, 10} {
		all = append(all, codec.Options{Effort: &effort})
	}
	for _, opts := range all {
		m := draw(shape(e, 24, 16, pixel.RGB, opts))
		refused := e.Check(m.Shape, opts)
		if bad := opts.Quality < 0 || opts.Quality > 100; bad && refused == nil {
			return fmt.Errorf("its Check: quality %d is let pass", opts.Quality)
		}
		var b bytes.Buffer
		err := e.Encode(ctx, &b, m.Source(0, nil), opts)
		switch {
		case refused != nil && !errors.Is(refused, codec.ErrUnsupported):
			return fmt.Errorf("its Check of %+v: %w; that is no codec.ErrUnsupported", opts, refused)
		case refused != nil && !errors.Is(err, codec.ErrUnsupported):
			return fmt.Errorf("its Check refuses %+v, Encode says: %w", opts, orNil(err))
		case refused != nil && b.Len() > 0:
			return fmt.Errorf("its Encode refuses %+v, but writes %d bytes", opts, b.Len())
		case refused == nil && err != nil:
			return fmt.Errorf("its Check takes %+v, Encode says: %w", opts, err)
		}
	}
	for _, s := range []pixel.Shape{{Width: 0, Height: 5}, {Width: 5, Height: 0}, {Width: -1, Height: 5}, {Width: 5, Height: 1 << 31 >> 1}, {Width: 1 << 31 >> 1, Height: 5}} {
		s.Layout = m.Shape.Layout
		if err := e.Check(s, o.Encodings[0].Options); !errors.Is(err, codec.ErrUnsupported) {
			return fmt.Errorf("its Check of %v says: %w", s, orNil(err))
		}
	}
	return nil
}
