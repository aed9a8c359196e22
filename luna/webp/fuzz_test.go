package webp

import (
	"errors"
	"testing"
	"time"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
)

// samples are files of many kinds.
func samples(t testing.TB) (all []codectest.Sample) {
	const withEXIF = "with a profile and EXIF"
	lossy, alpha, lossless := sample(t, lossyFile), sample(t, alphaFile), sample(t, losslessFile)
	vp8, vp8l := chunkOf(t, lossy, "VP8 "), chunkOf(t, lossless, "VP8L")
	for name, data := range map[string][]byte{
		"lossy": lossy, "lossy with alpha": alpha, "lossless": lossless, "small": sample(t, smallFile),
		withEXIF:    riff(vp8x(flagEXIF|1<<5, 33, 18), rawChunk("ICCP", []byte("profile")), vp8, exifChunk(6)),
		"animation": riff(vp8x(flagAnimation|flagAlpha, 40, 50), anim(1, 2, 3, 4), anmf(4, 16, 20, 11, vp8l), anmf(0, 0, 33, 18, vp8)),
	} {
		tail := 0
		if name == withEXIF {
			tail = len(exifChunk(6)) // it stands behind the picture
		}
		s := codectest.Sample{Name: name, Data: data, Tail: tail}
		if name == "animation" {
			s.Frames, s.Delays = 2, []time.Duration{100 * time.Millisecond, 100 * time.Millisecond}
		}
		all = append(all, s)
	}
	return all
}

// promised are the promises, and the samples.
func promised(t testing.TB) codectest.Options {
	o := promises
	o.Files = samples(t)
	return o
}

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, Codec{}, promised(f)) }

func typed(err error) bool {
	return errors.Is(err, codec.ErrFormat) || errors.Is(err, codec.ErrUnsupported) || errors.Is(err, codec.ErrLimit)
}
