package codectest

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/immagin/immagin-go/luna/codec"
)

// matches reports whether data begins as magic says, in which '?' is any
// byte.
func matches(magic string, data []byte) bool {
	if len(data) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != data[i] {
			return false
		}
	}
	return true
}

func checkFormat(ctx context.Context, c codec.Codec, o Options) error {
	f := c.Format()
	for name, v := range map[string]string{"Name": f.Name, "Extension": f.Extension, "MIME": f.MIME} {
		if v == "" || v != strings.ToLower(v) || strings.ContainsAny(v, " .;") {
			return fmt.Errorf("its Format: the %s is %q", name, v)
		}
	}
	if !strings.Contains(f.MIME, "/") {
		return fmt.Errorf("its Format: the media type is %q", f.MIME)
	}
	revision := c.Revision()
	if again := c.Revision(); revision == "" || again != revision {
		return fmt.Errorf("its Revision: %q, then %q", revision, again)
	}
	_, decodes := c.(codec.Decoder)
	_, encodes := c.(codec.Encoder)
	if !decodes && !encodes {
		return fmt.Errorf("%T is neither a Decoder nor an Encoder", c)
	}
	if decodes && len(f.Magic) == 0 {
		return fmt.Errorf("its Format: there is no magic to know files by")
	}
	for _, magic := range f.Magic {
		if strings.Trim(magic, "?") == "" {
			return fmt.Errorf("its Format: the magic %q fits all files", magic)
		}
	}
	all, err := files(ctx, c, o, 20, 10)
	if err != nil {
		return err
	}
	for _, file := range all {
		if len(f.Magic) > 0 && !isOf(f, file.Data) {
			return fmt.Errorf("%s: its first bytes %.16q are none of the magic %q", file.Name, file.Data, f.Magic)
		}
	}
	return nil
}

func isOf(f codec.Format, data []byte) bool {
	for _, magic := range f.Magic {
		if matches(magic, data) {
			return true
		}
	}
	return false
}

// Disjoint reports codecs of a set that would take each other's files or
// names.
func Disjoint(codecs ...codec.Codec) error {
	for i, a := range codecs {
		for _, b := range codecs[i+1:] {
			fa, fb := a.Format(), b.Format()
			if fa.Name == fb.Name {
				return fmt.Errorf("two codecs are called %q", fa.Name)
			}
			for _, ma := range fa.Magic {
				for _, mb := range fb.Magic {
					if overlap(ma, mb) {
						return fmt.Errorf("%s and %s: a file may begin with both %q and %q", fa.Name, fb.Name, ma, mb)
					}
				}
			}
		}
	}
	return nil
}

// overlap reports whether a file may begin as both say.
func overlap(a, b string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && a[i] != '?' && b[i] != '?' {
			return false
		}
	}
	return true
}

// checkFiles decodes the samples.
func checkFiles(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	if len(o.Files) == 0 {
		return skip("there are no files")
	}
	for _, f := range o.Files {
		m, info, err := reread(ctx, d, f.Data)
		if err == nil && f.Picture != nil {
			err = near(f.Picture, m, Encoding{Floor: f.Floor, AlphaFloor: f.Floor}, Options{})
		}
		switch {
		case err != nil:
		case f.Orientation != 0 && info.Orientation != f.Orientation:
			err = fmt.Errorf("its Probe: orientation %d; it is %d", info.Orientation, f.Orientation)
		case f.Density != 0 && math.Abs(info.Density-f.Density) > f.Density/200:
			err = fmt.Errorf("its Probe: density %v; it is %v", info.Density, f.Density)
		case f.Frames != 0 && info.Frames != f.Frames:
			err = fmt.Errorf("its Probe: %d frames; there are %d", info.Frames, f.Frames)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

// checkHeaderBytes counts what Probe reads.
func checkHeaderBytes(ctx context.Context, c codec.Codec, o Options) error {
	d, err := decoder(c)
	if err != nil {
		return err
	}
	if o.HeaderBytes == 0 {
		return skip("headers may stand anywhere")
	}
	all, err := files(ctx, c, o, 400, 300)
	if err != nil {
		return err
	}
	for _, f := range all {
		r := bytes.NewReader(f.Data)
		if _, err := d.Probe(r); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		if n := len(f.Data) - r.Len(); n > o.HeaderBytes {
			return fmt.Errorf("%s: Probe reads %d bytes; %d are allowed", f.Name, n, o.HeaderBytes)
		}
	}
	return nil
}
