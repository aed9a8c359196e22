package codectest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// Fuzz feeds c's decoder with damaged files: the samples of o, what c encodes,
// and where the environment variable IMMAGIN_TEST_CORPUS names a folder, what
// has c's magic in it and below and is at most 64 KiB large. Every error is to be of the three that package codec names, and
// Decode is to yield what Probe says. Pictures above a megabyte are passed
// over, which is what luna's limits are for.
func Fuzz(f *testing.F, c codec.Codec, o Options) {
	if o.Encodings == nil {
		o.Encodings = []Encoding{{}}
	}
	d, err := decoder(c)
	if err != nil {
		f.Fatal(err)
	}
	for _, size := range [][2]int{{20, 11}, {1, 1}} {
		all, err := copies(f.Context(), c, o, size[0], size[1])
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range all {
			f.Add(file.Data)
		}
	}
	if folder := os.Getenv("IMMAGIN_TEST_CORPUS"); folder != "" {
		seeds, err := seeds(folder, c.Format())
		if err != nil {
			f.Fatal(err)
		}
		for _, data := range seeds {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := survive(t.Context(), d, data); err != nil {
			t.Fatal(err)
		}
	})
}

const (
	fuzzedBytes = 1 << 20
	seedBytes   = 64 << 10
)

// seeds reads the small files of a format in a folder and below.
func seeds(folder string, format codec.Format) (files [][]byte, err error) {
	err = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > seedBytes {
			return err
		}
		data, err := os.ReadFile(name)
		if err == nil && slices.ContainsFunc(format.Magic, func(magic string) bool { return begins(data, magic) }) {
			files = append(files, data)
		}
		return err
	})
	return files, err
}

// begins reports whether data has that magic, of which '?' matches every byte.
func begins(data []byte, magic string) bool {
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

// survive has d make what it can of data.
func survive(ctx context.Context, d codec.Decoder, data []byte) error {
	info, err := d.Probe(bytes.NewReader(data))
	if err != nil {
		if !typed(err) {
			return fmt.Errorf("its Probe: %w", err)
		}
		return nil
	}
	if err := sane(info); err != nil {
		return err
	}
	if info.Shape.Bytes() > fuzzedBytes {
		return nil
	}
	src, err := d.Decode(ctx, bytes.NewReader(data), codec.Request{})
	if err == nil {
		if src.Shape() != info.Shape {
			return fmt.Errorf("its Probe says %v, Decode yields %v", info.Shape, src.Shape())
		}
		var m *pixel.Image
		m, err = pixel.ReadAll(nil, src)
		m.Free(nil)
		src.Close()
	}
	if err != nil && !typed(err) {
		return fmt.Errorf("its Decode: %w", err)
	}
	if a, ok := d.(codec.Animator); ok && info.Shape.Bytes()*int64(info.Frames) <= fuzzedBytes {
		f, err := a.Animate(ctx, bytes.NewReader(data), codec.Request{})
		if err == nil {
			err = drainFrames(f, func() {})
			f.Close()
		}
		if err != nil && !typed(err) {
			return fmt.Errorf("its Animate: %w", err)
		}
	}
	if p, ok := d.(codec.Copier); ok {
		if err := p.Copy(ctx, io.Discard, bytes.NewReader(data), codec.Metadata{}); err != nil && !typed(err) {
			return fmt.Errorf("its Copy: %w", err)
		}
	}
	return nil
}
