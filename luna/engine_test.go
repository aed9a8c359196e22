package luna

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

type nothing struct{}

func (nothing) Format() codec.Format { return codec.Format{Name: "nothing", MIME: "image/nothing"} }
func (nothing) Revision() string     { return "" }

type revised struct {
	fake
	revision string
}

func (r revised) Revision() string { return r.revision }

func TestNewRefuses(t *testing.T) {
	a := fake{name: "a", magic: "aaaa"}
	tests := []struct {
		name   string
		codecs []codec.Codec
		opts   *Options
		want   string
	}{
		{"nil", []codec.Codec{nil}, nil, "codec 0: is nil"},
		{"neither way", []codec.Codec{a, nothing{}}, nil, `codec 1: luna.nothing for "nothing" neither decodes nor encodes`},
		{"no name", []codec.Codec{fake{magic: "x"}}, nil, "no name"},
		{"no magic", []codec.Codec{fake{name: "b"}}, nil, "marks every file"},
		{"vague magic", []codec.Codec{fake{name: "b", magic: "????"}}, nil, "marks every file"},
		{"one name twice", []codec.Codec{a, sink{name: "a"}}, nil, `already is a codec for "a"`},
		{"one magic twice", []codec.Codec{a, fake{name: "b", magic: "aaaa"}}, nil, `"aaaa" can begin the same file as "aaaa" of "a"`},
		{"a magic in another", []codec.Codec{a, fake{name: "b", magic: "aa"}}, nil, "can begin the same file"},
		{"wildcards that meet", []codec.Codec{a, fake{name: "b", magic: "?aa?bb"}}, nil, "can begin the same file"},
		{"negative bytes", nil, &Options{MaxBytes: -1}, "Options.MaxBytes is -1"},
		{"negative side", nil, &Options{MaxSide: -1}, "Options.MaxSide is -1"},
		{"a process below a request", nil, &Options{MaxBytes: 1 << 20}, "at least MaxRequestBytes"},
		{"no colour", nil, &Options{Matte: "no colour"}, "Options.Matte"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(tt.codecs, tt.opts)
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestNewTakes(t *testing.T) {
	e, err := New([]codec.Codec{
		fake{name: "webp", magic: "RIFF????WEBP"},
		fake{name: "wave", magic: "RIFF????WAVE"},
		sink{name: "out"},
	}, &Options{MaxRequestBytes: 4 << 30})
	require.NoError(t, err)
	require.Equal(t, int64(4<<30), e.opts.MaxBytes, "the process takes what a request may")
	decode, encode := e.Formats()
	require.Equal(t, []string{"webp", "wave"}, decode)
	require.Equal(t, []string{"out"}, encode)
}

func TestRevision(t *testing.T) {
	revision := func(opts *Options, codecs ...codec.Codec) string {
		e, err := New(codecs, opts)
		require.NoError(t, err)
		require.Len(t, e.Revision(), 32)
		return e.Revision()
	}
	a, b := revised{fake{name: "a", magic: "a"}, "1"}, revised{fake{name: "b", magic: "b"}, "1"}
	base := revision(nil, a, b)
	require.Equal(t, base, revision(nil, b, a), "order changes no byte")
	require.Equal(t, base, revision(&Options{MaxPixels: 5, Matte: "#000"}, a, b), "limits change no byte")
	require.NotEqual(t, base, revision(nil, a))
	require.NotEqual(t, base, revision(nil, a, revised{b.fake, "2"}))
	require.NotEqual(t, base, revision(&Options{Matte: "white"}, a, b))
	require.NotEqual(t, revision(nil, revised{fake{name: "a", magic: "a"}, "b"}), revision(nil, revised{fake{name: "ab", magic: "a"}, ""}))
}

func TestReserveIsFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := New(nil, &Options{MaxBytes: 100, MaxRequestBytes: 100})
		require.NoError(t, err)
		first, err := e.reserve(t.Context(), 60)
		require.NoError(t, err)
		got := make(chan int, 2)
		enter := func(n int, bytes int64) {
			release, err := e.reserve(t.Context(), bytes)
			require.NoError(t, err)
			got <- n
			release()
		}
		go enter(1, 100)
		synctest.Wait()
		go enter(2, 10) // would fit now, but came second
		synctest.Wait()
		require.Empty(t, got)
		first()
		first() // once only
		synctest.Wait()
		require.Equal(t, 1, <-got)
		require.Equal(t, 2, <-got)
		all, err := e.reserve(t.Context(), 100)
		require.NoError(t, err)
		all()
	})
}

func TestReserveEnds(t *testing.T) {
	e, err := New(nil, &Options{MaxBytes: 100, MaxRequestBytes: 100})
	require.NoError(t, err)
	_, err = e.reserve(t.Context(), 101)
	require.ErrorIs(t, err, ErrLimit)
	release, err := e.reserve(t.Context(), 100)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = e.reserve(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
	release()
	release, err = e.reserve(t.Context(), 100)
	require.NoError(t, err, "a waiter that left holds nothing")
	release()
}

func TestByteCount(t *testing.T) {
	require.Equal(t, "0 B", byteCount(0))
	require.Equal(t, "64.0 KiB", byteCount(64<<10))
	require.Equal(t, "1.1 MiB", byteCount(1153434))
	require.Equal(t, "1.0 GiB", byteCount(1<<30))
}

// gray is the shape that most fakes have.
func gray(w, h int) pixel.Shape { return pixel.Shape{Width: w, Height: h, Layout: pixel.Gray} }
