package decoder

import (
	"bytes"
	"context"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/vp8"

	"github.com/immagin/immagin-go/luna/pixel"
)

// reference decodes with x/image, whose planes are to be ours.
func reference(data []byte) (*image.YCbCr, error) {
	d := vp8.NewDecoder()
	d.Init(bytes.NewReader(data), len(data))
	if _, err := d.DecodeFrameHeader(); err != nil {
		return nil, err
	}
	return d.DecodeFrame()
}

func requireEqualPlanes(t testing.TB, want, got *image.YCbCr, about any) {
	t.Helper()
	require.Equal(t, want.Rect, got.Rect)
	w, h := want.Rect.Dx(), want.Rect.Dy()
	compare := func(name string, a, b []uint8, aStride, bStride, w, h int) {
		for y := range h {
			if !bytes.Equal(a[y*aStride:][:w], b[y*bStride:][:w]) {
				for x := range w {
					require.Equal(t, a[y*aStride+x], b[y*bStride+x], "%s at %d,%d of %+v", name, x, y, about)
				}
			}
		}
	}
	compare("Y", want.Y, got.Y, want.YStride, got.YStride, w, h)
	compare("Cb", want.Cb, got.Cb, want.CStride, got.CStride, (w+1)/2, (h+1)/2)
	compare("Cr", want.Cr, got.Cr, want.CStride, got.CStride, (w+1)/2, (h+1)/2)
}

// tame makes a stream whose transforms do not overflow, as those of encoders do
// not: what decoders make of others differs.
func tame(r *rand.Rand, most int) stream {
	s := random(r, most)
	s.quantizer = r.IntN(3)
	return s
}

func TestPlanesAreThoseOfXImage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		s := tame(r, 120)
		data := s.make(r)
		want, err := reference(data)
		require.NoError(t, err, "%+v", s)
		got, err := Decode(t.Context(), data, Options{})
		require.NoError(t, err, "%+v", s)
		requireEqualPlanes(t, want, got, s)
	}
}

func TestPlanesAreThoseOfDwebp(t *testing.T) {
	dwebp, err := exec.LookPath("dwebp")
	if err != nil {
		t.Skip("there is no dwebp")
	}
	file := filepath.Join(t.TempDir(), "a.webp")
	r := rand.New(rand.NewPCG(3, 4))
	for range 40 {
		s := random(r, 200)
		data := s.make(r)
		if len(data)%2 != 0 {
			data = append(data, 0)
		}
		riff := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00"), data...)
		n := len(data)
		copy(riff[16:], []byte{byte(n), byte(n >> 8), byte(n >> 16), 0})
		n += 12
		copy(riff[4:], []byte{byte(n), byte(n >> 8), byte(n >> 16), 0})
		require.NoError(t, os.WriteFile(file, riff, 0o600))
		out, err := exec.CommandContext(t.Context(), dwebp, "-quiet", "-nodither", "-yuv", file, "-o", "-").Output()
		require.NoError(t, err, "%+v", s)
		want := &image.YCbCr{Rect: image.Rect(0, 0, s.width, s.height), YStride: s.width, CStride: (s.width + 1) / 2}
		luma, chroma := s.width*s.height, want.CStride*((s.height+1)/2)
		want.Y, want.Cb, want.Cr = out[:luma], out[luma:][:chroma], out[luma+chroma:][:chroma]
		got, err := Decode(t.Context(), data, Options{})
		require.NoError(t, err, "%+v", s)
		requireEqualPlanes(t, want, got, s)
	}
}

func TestWorkersAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	pool := pixel.NewPool()
	for i := range 60 {
		s := random(r, 300)
		if i%10 == 0 {
			s = random(r, 900)
		}
		data := s.make(r)
		want, wantErr := Decode(t.Context(), data, Options{})
		for workers := 2; workers < 5; workers++ {
			got, err := Decode(t.Context(), data, Options{Workers: workers, Pool: pool, always: true})
			require.Equal(t, wantErr, err)
			if err == nil {
				requireEqualPlanes(t, want, got, s)
			}
		}
	}
}

// A stream that ends early yields the rows before, and then an error, whoever
// decodes.
func TestTruncated(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	s := stream{width: 500, height: 400, partitions: 2, quantizer: 20, level: 20, bytes: 100000}
	data := s.make(r)
	whole, err := Decode(t.Context(), data, Options{})
	require.NoError(t, err)
	for _, n := range []int{0, 3, 9, 10, 50, 2000, 20000, len(data) / 2, len(data) / 2 * 101 / 100} {
		rows := -1
		for workers := 1; workers < 4; workers++ {
			d, err := New(t.Context(), data[:n], Options{Workers: workers})
			if err != nil {
				require.ErrorIs(t, err, ErrTruncated)
				continue
			}
			got := 0
			for {
				b, err := d.Next()
				if err != nil {
					require.ErrorIs(t, err, ErrTruncated)
					break
				}
				require.Equal(t, whole.Y[got*whole.YStride:][:b.Rows*whole.YStride], b.Luma[:b.Rows*b.LumaStride])
				got += b.Rows
			}
			d.Close()
			if rows >= 0 {
				require.Equal(t, rows, got, "%d workers", workers)
			}
			rows = got
			_, err = d.Next()
			require.Equal(t, errClosed, err)
		}
	}
}

func TestHeadersRefused(t *testing.T) {
	s := stream{width: 20, height: 30, partitions: 1, bytes: 3000}
	good := s.make(rand.New(rand.NewPCG(1, 2)))
	w, h, err := Size(good)
	require.NoError(t, err)
	require.Equal(t, [2]int{20, 30}, [2]int{w, h})
	for name, change := range map[string]func([]byte){
		"no key frame":       func(b []byte) { b[0] |= 1 },
		"profile 4":          func(b []byte) { b[0] |= 4 << 1 },
		"not shown":          func(b []byte) { b[0] &^= 1 << 4 },
		"no start code":      func(b []byte) { b[4] = 2 },
		"no width":           func(b []byte) { b[6], b[7] = 0, 0 },
		"no height":          func(b []byte) { b[8], b[9] = 0, 0xc0 },
		"partition too long": func(b []byte) { b[2] = 0xff },
	} {
		b := bytes.Clone(good)
		change(b)
		_, err := New(t.Context(), b, Options{})
		require.Error(t, err, name)
	}
}

// A client that goes away ends the work within a row of macroblocks.
func TestContext(t *testing.T) {
	s := stream{width: 1000, height: 1000, partitions: 1, quantizer: 5, level: 9, bytes: 5 << 20}
	data := s.make(rand.New(rand.NewPCG(1, 2)))
	for workers := 1; workers < 4; workers++ {
		ctx, cancel := context.WithCancel(t.Context())
		d, err := New(ctx, data, Options{Workers: workers})
		require.NoError(t, err)
		_, err = d.Next()
		require.NoError(t, err)
		cancel()
		for range 8 { // rows that are finished already
			if _, err = d.Next(); err != nil {
				break
			}
		}
		require.ErrorIs(t, err, context.Canceled)
		d.Close()
		d.Close()
		require.Less(t, d.stages[parsing].done, d.rows)
	}
}

func TestRowsAreInOrder(t *testing.T) {
	s := stream{width: 33, height: 50, partitions: 1, bytes: 30000}
	d, err := New(t.Context(), s.make(rand.New(rand.NewPCG(1, 2))), Options{})
	require.NoError(t, err)
	defer d.Close()
	for i, want := range []int{16, 16, 16, 2} {
		b, err := d.Next()
		require.NoError(t, err)
		require.Equal(t, 16*i, b.Y)
		require.Equal(t, want, b.Rows)
		require.Equal(t, i > 0, b.AboveCb != nil)
		require.Equal(t, i < 3, b.BelowCr != nil)
	}
	_, err = d.Next()
	require.Equal(t, io.EOF, err)
}

func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 12 {
		s := random(r, 60)
		s.bytes = min(s.bytes, 4000)
		f.Add(s.make(r))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := Size(data)
		if err != nil || w*h > 1<<15 {
			return
		}
		got, err := Decode(t.Context(), data, Options{})
		again, err2 := Decode(t.Context(), data, Options{Workers: 3, always: true})
		require.Equal(t, err, err2)
		if err == nil {
			requireEqualPlanes(t, got, again, nil)
		}
	})
}
