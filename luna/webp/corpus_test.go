package webp

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// TestCorpus decodes every WebP file under the folder that IMMAGIN_TEST_CORPUS
// names as libwebp's dwebp does, if that is in PATH. Where dwebp refuses, an error
// need be no more than typed.
func TestCorpus(t *testing.T) {
	root := os.Getenv("IMMAGIN_TEST_CORPUS")
	if root == "" {
		t.Skip("IMMAGIN_TEST_CORPUS names no folder")
	}
	dwebp, err := exec.LookPath("dwebp")
	if err != nil {
		t.Skip("there is no dwebp")
	}
	equal, refused, animated := 0, 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".webp") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := Codec{}.Probe(bytes.NewReader(data))
		if err == nil && int64(info.Shape.Width)*int64(info.Shape.Height) > 1<<26 {
			return nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		src, decodeErr := Codec{}.Decode(ctx, bytes.NewReader(data), codec.Request{})
		var got *pixel.Image
		if decodeErr == nil {
			got, decodeErr = pixel.ReadAll(nil, src)
			src.Close()
		}
		if decodeErr != nil && !typed(decodeErr) {
			t.Errorf("%s: %v", path, decodeErr)
		}
		if info.Frames > 1 {
			animated++
			return nil
		}
		out, err := exec.CommandContext(ctx, dwebp, path, "-quiet", "-pam", "-o", "-").Output()
		if errors.As(err, new(*exec.ExitError)) {
			refused++
			return nil
		}
		if err != nil {
			return err
		}
		if decodeErr != nil {
			t.Errorf("%s: dwebp decodes it; here: %v", path, decodeErr)
			return nil
		}
		_, samples, _ := bytes.Cut(out, []byte("ENDHDR\n"))
		if !got.Shape.Layout.HasAlpha() {
			// Lossless pixels may have alpha that their header denies.
			for i := 3; i < len(samples); i += 4 {
				samples[i] = 255
			}
		}
		if !bytes.Equal(samples, rgba(got)) {
			t.Errorf("%s: other pixels than dwebp's", path)
		}
		equal++
		return nil
	})
	require.NoError(t, err)
	t.Logf("%d files as dwebp decodes them, %d that it refuses, %d animations", equal, refused, animated)
}
