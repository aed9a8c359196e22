package vp8l

import (
	"bytes"
	"context"
	"encoding/binary"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReferenceDecoderAgrees lets libwebp's dwebp decode, where there is one.
func TestReferenceDecoderAgrees(t *testing.T) {
	program, err := exec.LookPath("dwebp")
	if err != nil {
		t.Skip("no dwebp in PATH")
	}
	for _, d := range drawings() {
		if d.width == MaxSize {
			continue // libwebp takes one pixel fewer
		}
		for _, effort := range []int{0, 2, 4, 6} {
			b, err := Encode(context.Background(), nil, d.pixels, d.width, d.height, 4, Options{Effort: effort})
			require.NoError(t, err)
			n := len(b)
			if n&1 != 0 {
				b = append(b, 0)
			}
			file := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(b)))
			file = binary.LittleEndian.AppendUint32(append(file, "WEBPVP8L"...), uint32(n))
			c := exec.Command(program, "-quiet", "-pam", "-o", "-", "--", "-")
			c.Stdin = bytes.NewReader(append(file, b...))
			out, err := c.Output()
			require.NoError(t, err, "%s at %d", d.name, effort)
			_, pix, found := bytes.Cut(out, []byte("ENDHDR\n"))
			require.True(t, found)
			require.True(t, bytes.Equal(d.pixels, pix), "%s at %d", d.name, effort)
		}
	}
}
