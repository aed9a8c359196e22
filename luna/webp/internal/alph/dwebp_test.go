package alph

import (
	"bytes"
	"context"
	"encoding/binary"
	"math/rand/v2"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/webp/internal/vp8/encoder"
)

// TestReferenceDecoderAgrees lets libwebp's dwebp decode grey pictures with the
// planes, where there is one.
func TestReferenceDecoderAgrees(t *testing.T) {
	program, err := exec.LookPath("dwebp")
	if err != nil {
		t.Skip("no dwebp in PATH")
	}
	r := rand.New(rand.NewPCG(11, 12))
	for _, k := range kinds {
		for _, size := range [][2]int{{1, 1}, {33, 17}, {120, 75}} {
			w, h := size[0], size[1]
			grey := bytes.Repeat([]byte{128}, w*h)
			still, err := encoder.New().Encode(context.Background(), nil, &encoder.Picture{
				Width: w, Height: h, Y: grey, Cb: grey, Cr: grey, YStride: w, CStride: (w + 1) / 2,
			}, encoder.Options{Quality: 50})
			require.NoError(t, err)
			p := plane(r, k, w, h)
			for _, effort := range []int{0, 4, 6} {
				a, err := Encode(context.Background(), nil, p, w, h, Options{Effort: effort})
				require.NoError(t, err)
				head := []byte{1 << 4, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
				body := chunk(chunk(chunk([]byte("WEBP"), "VP8X", head), "ALPH", a), "VP8 ", still)
				c := exec.Command(program, "-quiet", "-pam", "-o", "-", "--", "-")
				c.Stdin = bytes.NewReader(chunk(nil, "RIFF", body))
				out, err := c.Output()
				require.NoError(t, err)
				_, pix, found := bytes.Cut(out, []byte("ENDHDR\n"))
				require.True(t, found)
				got := make([]uint8, 0, w*h)
				for i := 3; i < len(pix); i += 4 {
					got = append(got, pix[i])
				}
				require.True(t, bytes.Equal(p, got), "%s of %dx%d at %d", k.name, w, h, effort)
			}
		}
	}
}

func chunk(b []byte, name string, payload []byte) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, name...), uint32(len(payload)))
	b = append(b, payload...)
	if len(payload)&1 != 0 {
		b = append(b, 0)
	}
	return b
}
