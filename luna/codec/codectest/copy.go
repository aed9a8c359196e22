package codectest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing/iotest"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/internal/testpic"
	"github.com/immagin/immagin-go/luna/pixel"
)

// copies returns files to copy: still ones, animations, and those with
// metadata.
func copies(ctx context.Context, c codec.Codec, o Options, width, height int) ([]Sample, error) {
	all, err := files(ctx, c, o, width, height)
	if err != nil {
		return nil, err
	}
	if e, ok := c.(codec.AnimationEncoder); ok {
		for _, encoding := range o.Encodings {
			opts := encoding.Options
			for _, m := range []codec.Metadata{{}, {EXIF: exif(6, 30), XMP: xmp(41), IPTC: iptc(7)}} {
				opts.Metadata = m
				data, err := encodeFilm(ctx, e, filmed(shape(e, width, height, pixel.RGBA, opts), 4, 3), opts)
				if err != nil {
					return nil, err
				}
				all = append(all, Sample{Name: fmt.Sprintf("animation with %v", encoding), Data: data})
			}
		}
	}
	return all, nil
}

// checkCopy compares every sample of what is copied, and the metadata.
func checkCopy(ctx context.Context, c codec.Codec, o Options) error {
	p, err := as[codec.Copier](c, "it does not copy")
	if err != nil {
		return err
	}
	d, err := decoder(c)
	if err != nil {
		return err
	}
	all, err := copies(ctx, c, o, 24, 18)
	if err != nil {
		return err
	}
	for _, f := range all {
		for _, keep := range []codec.Metadata{{}, {EXIF: exif(3, 50)}, {EXIF: exif(1, 20), XMP: xmp(33), IPTC: iptc(9)}} {
			var b bytes.Buffer
			if err := p.Copy(ctx, &b, bytes.NewReader(f.Data), keep); err != nil {
				return fmt.Errorf("%s: Copy: %w", f.Name, err)
			}
			if err := sameFile(ctx, d, f.Data, b.Bytes()); err != nil {
				return fmt.Errorf("%s, copied: %w", f.Name, err)
			}
			if err := told(d, b.Bytes(), o.kept(keep)); err != nil {
				return fmt.Errorf("%s, copied: %w", f.Name, err)
			}
			var again bytes.Buffer
			if err := p.Copy(ctx, &again, bytes.NewReader(b.Bytes()), keep); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
				return fmt.Errorf("%s: the copy's copy has other bytes, or: %w", f.Name, orNil(err))
			}
		}
	}
	return nil
}

// sameFile decodes both and compares all frames.
func sameFile(ctx context.Context, d codec.Decoder, a, b []byte) error {
	want, info, err := reread(ctx, d, a)
	if err != nil {
		return err
	}
	got, copied, err := reread(ctx, d, b)
	if err != nil {
		return err
	}
	if copied.Frames != info.Frames {
		return fmt.Errorf("there are %d frames; there were %d", copied.Frames, info.Frames)
	}
	if player, ok := d.(codec.Animator); ok && info.Frames > 1 {
		want, err := animate(ctx, player, bytes.NewReader(a), codec.Request{})
		if err != nil {
			return err
		}
		got, err := animate(ctx, player, bytes.NewReader(b), codec.Request{})
		if err != nil {
			return err
		}
		return want.same(got)
	}
	return same(want, got)
}

func checkCopyErrors(ctx context.Context, c codec.Codec, o Options) error {
	p, err := as[codec.Copier](c, "it does not copy")
	if err != nil {
		return err
	}
	all, err := copies(ctx, c, o, 24, 18)
	if err != nil {
		return err
	}
	for _, f := range all {
		for _, n := range points(len(f.Data), o) {
			err := p.Copy(ctx, io.Discard, bytes.NewReader(f.Data[:n]), codec.Metadata{})
			if err == nil && n < len(f.Data)-max(o.Tail, f.Tail) || err != nil && !errors.Is(err, codec.ErrFormat) && !errors.Is(err, codec.ErrUnsupported) {
				return fmt.Errorf("%s, %d of %d bytes: Copy: %w", f.Name, n, len(f.Data), orNil(err))
			}
			r := io.MultiReader(bytes.NewReader(f.Data[:n]), iotest.ErrReader(errBroken))
			err = p.Copy(ctx, io.Discard, r, codec.Metadata{})
			if err == nil && n >= len(f.Data)-max(o.Tail, f.Tail) {
				continue
			}
			if !errors.Is(err, errBroken) || typed(err) {
				return fmt.Errorf("%s: after %d bytes the reader fails, Copy says: %w", f.Name, n, orNil(err))
			}
		}
		var b bytes.Buffer
		if err := p.Copy(ctx, &b, bytes.NewReader(f.Data), codec.Metadata{}); err != nil {
			return fmt.Errorf("%s: Copy: %w", f.Name, err)
		}
		for n := 0; n < b.Len(); n += 1 + b.Len()/20 {
			if err := p.Copy(ctx, &limitedWriter{n}, bytes.NewReader(f.Data), codec.Metadata{}); !errors.Is(err, errBroken) {
				return fmt.Errorf("%s: the writer fails after %d bytes, Copy says: %w", f.Name, n, orNil(err))
			}
		}
		done, cancel := context.WithCancel(ctx)
		err := p.Copy(done, io.Discard, &testpic.CancellingReader{R: bytes.NewReader(f.Data), After: len(f.Data) / 2, Cancel: cancel}, codec.Metadata{})
		cancel()
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: the context is done at half of the file, Copy says: %w", f.Name, orNil(err))
		}
	}
	return nil
}
