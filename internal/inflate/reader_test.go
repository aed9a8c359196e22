package inflate

import (
	"bytes"
	"compress/zlib"
	"errors"
	"hash/adler32"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// samples are data of several kinds, by name.
func samples() map[string][]byte {
	r := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 300_000)
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	smooth := make([]byte, 300_000)
	for i := range smooth {
		smooth[i] = byte(r.NormFloat64() * 5)
	}
	mixed := make([]byte, 0, 300_000)
	for len(mixed) < 300_000 {
		if n := len(mixed); n > 100 && r.IntN(3) > 0 {
			d := 1 + r.IntN(min(n, 40_000))
			if r.IntN(2) == 0 {
				d = 1 + r.IntN(16)
			}
			for range 3 + r.IntN(300) {
				mixed = append(mixed, mixed[len(mixed)-d])
			}
			continue
		}
		for range 1 + r.IntN(20) {
			mixed = append(mixed, byte(r.Uint32()>>r.IntN(8)))
		}
	}
	return map[string][]byte{
		"nothing": nil, "one": {7}, "zeros": make([]byte, 1_000_000), "noise": noise, "smooth": smooth, "mixed": mixed,
		"period": bytes.Repeat([]byte("abcdefghijk"), 30_000),
	}
}

func deflate(t testing.TB, data []byte, level int) []byte {
	var b bytes.Buffer
	w, err := zlib.NewWriterLevel(&b, level)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestReader(t *testing.T) {
	for name, data := range samples() {
		for level := -2; level <= 9; level++ {
			packed := deflate(t, data, level)
			for _, r := range []io.Reader{bytes.NewReader(packed), iotest.OneByteReader(bytes.NewReader(packed)), iotest.DataErrReader(bytes.NewReader(packed))} {
				got, err := io.ReadAll(NewReader(r))
				require.NoError(t, err, "%s at level %d", name, level)
				require.True(t, bytes.Equal(data, got), "%s at level %d", name, level)
			}
		}
	}
}

// TestKindsOfBlocksByTurns: short data gives blocks of the fixed code, long data
// such of a code of their own, and each flush a stored one.
func TestKindsOfBlocksByTurns(t *testing.T) {
	var packed, data bytes.Buffer
	w, err := zlib.NewWriterLevel(&packed, 6)
	require.NoError(t, err)
	for _, part := range [][]byte{[]byte("ab"), []byte("cd"), samples()["smooth"][:5000], []byte("ef"), []byte("gh"), samples()["smooth"][:9000], []byte("ij")} {
		data.Write(part)
		_, err := w.Write(part)
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.NoError(t, w.Close())
	got, err := io.ReadAll(NewReader(&packed))
	require.NoError(t, err)
	require.True(t, bytes.Equal(data.Bytes(), got))
}

// TestFixedCodeIsMadeOnce: a megabyte holds 800,000 blocks of it.
func TestFixedCodeIsMadeOnce(t *testing.T) {
	z := NewReader(nil)
	z.fixed()
	z.litTable[0] = 0
	z.fixed()
	require.Zero(t, z.litTable[0])
	require.Equal(t, inHuffman, z.state)
}

func TestWork(t *testing.T) { require.LessOrEqual(t, int(unsafe.Sizeof(Reader{})), Work) }

func TestAdler32(t *testing.T) {
	for name, data := range samples() {
		for _, n := range []int{len(data), 0, 1, 31, 32, 33, 5551, 5552, 5553, 100_000} {
			data := data[:min(n, len(data))]
			require.Equal(t, adler32.Checksum(data), Adler32(1, data), "%s, %d bytes", name, len(data))
		}
	}
	ff := bytes.Repeat([]byte{255}, 100_000)
	require.Equal(t, adler32.Checksum(ff), Adler32(1, ff))
}

func TestTruncated(t *testing.T) {
	broken := errors.New("the cable is cut")
	for name, data := range samples() {
		data = data[:min(len(data), 3000)]
		for level := -2; level <= 9; level++ {
			packed := deflate(t, data, level)
			for n := range packed {
				if n > 200 && n < len(packed)-200 {
					continue
				}
				got, err := io.ReadAll(NewReader(bytes.NewReader(packed[:n])))
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s at level %d, %d of %d bytes", name, level, n, len(packed))
				require.True(t, bytes.HasPrefix(data, got))
				got, err = io.ReadAll(NewReader(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(broken))))
				require.ErrorIs(t, err, broken)
				require.True(t, bytes.HasPrefix(data, got))
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	whole := deflate(t, []byte("hello, hello, hello"), 6)
	with := func(i int, v byte) []byte {
		b := bytes.Clone(whole)
		b[i] ^= v
		return b
	}
	tests := []struct {
		name string
		data []byte
		is   error
	}{
		{"method", with(0, 1), ErrHeader},
		{"check bits", with(1, 1), ErrHeader},
		{"dictionary", []byte{0x78, 0xbb, 0, 0, 0, 0}, ErrHeader},
		{"window of 64 KiB", []byte{0x88, 0x1c}, ErrHeader},
		{"checksum", with(len(whole)-1, 1), ErrChecksum},
		{"block type 3", []byte{0x78, 0x9c, 7}, ErrDeflate},
		{"stored length", []byte{0x78, 0x9c, 1, 1, 0, 1, 0}, ErrDeflate},
		// A match of 3 bytes, 1 before the first: the fixed code's 257 and 0.
		{"distance too far", []byte{0x78, 0x9c, 3, 2, 0, 0, 0, 0}, ErrDeflate},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, tail := range []int{0, 100} {
				data := append(bytes.Clone(test.data), make([]byte, tail)...)
				_, err := io.ReadAll(NewReader(bytes.NewReader(data)))
				require.ErrorIs(t, err, test.is)
			}
		})
	}
}

func TestReadsNothingBeyondTheStreamsBuffer(t *testing.T) {
	r := NewReader(iotest.ErrReader(errors.New("read")))
	n, err := r.Read(nil)
	require.NoError(t, err)
	require.Zero(t, n)
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestAReaderThatIsStuck(t *testing.T) {
	_, err := NewReader(stuck{}).Read(make([]byte, 1))
	require.ErrorIs(t, err, io.ErrNoProgress)
}

// FuzzReader holds Reader against compress/zlib, whose errors differ but for
// their being any.
func FuzzReader(f *testing.F) {
	for _, data := range samples() {
		for _, level := range []int{-2, 0, 1, 9} {
			f.Add(deflate(f, data[:min(len(data), 2000)], level), uint8(0))
		}
	}
	f.Fuzz(func(t *testing.T, packed []byte, cut uint8) {
		const most = 1 << 20
		limited := func(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, most)) }
		var want []byte
		z, wantErr := zlib.NewReader(bytes.NewReader(packed))
		if wantErr == nil {
			want, wantErr = limited(z)
		}
		var r io.Reader = bytes.NewReader(packed)
		if n := int64(cut); n > 0 { // in two reads
			r = io.MultiReader(io.NewSectionReader(bytes.NewReader(packed), 0, n), io.NewSectionReader(bytes.NewReader(packed), n, 1<<40))
		}
		got, err := limited(NewReader(r))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, compress/zlib %v", err, wantErr)
		}
		if n := min(len(got), len(want)); !bytes.Equal(got[:n], want[:n]) || err == nil && len(got) != len(want) {
			t.Fatal("other bytes than compress/zlib's")
		}
	})
}
