package webp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/pixel"
)

// A trial is a picture and what it is encoded with.
type trial struct {
	picture *pixel.Image
	options codec.Options
}

func (c trial) String() string {
	return fmt.Sprintf("%v, quality %d, effort %d, lossless %v, %d workers", c.picture.Shape, c.options.Quality, *c.options.Effort, c.options.Lossless, c.options.Workers)
}

// newTrial draws picture i, of up to 257x129 pixels: noise, gradients, scenes and
// extremes, with and without alpha.
func newTrial(i int) trial {
	r := rand.New(rand.NewPCG(uint64(i), 78))
	shape := pixel.Shape{Width: 1 + r.IntN(257), Height: 1 + r.IntN(129), Layout: pixel.RGB}
	switch i % 10 {
	case 0:
		shape.Width, shape.Height = 1+r.IntN(17), 1+r.IntN(17)
	case 1:
		shape.Width = 1
	case 2:
		shape.Height = 1
	}
	if i == 0 {
		shape.Width, shape.Height = 1, 1
	}
	if r.IntN(3) == 0 {
		shape.Layout = pixel.RGBA
	}
	m := pixel.NewImage(nil, shape)
	for p := range shape.Layout.Planes() {
		plan := drawing(r)
		for y := range shape.Height {
			row := m.Planes[p].Row(y)
			for x := range row[:shape.Width] {
				row[x] = uint8(min(max(plan(x, y), 0), 255))
			}
		}
	}
	return trial{m, codec.Options{Quality: 1 + i%100, Effort: new(i % 7), Lossless: r.IntN(5) == 0, Workers: 1 + r.IntN(3)}}
}

// drawing returns what stands at x and y of a plane.
func drawing(r *rand.Rand) func(x, y int) int {
	a, b, at, n, m := r.IntN(65)-32, r.IntN(65)-32, r.IntN(256), 1+r.IntN(30), 1+r.IntN(30)
	switch r.IntN(6) {
	case 0:
		return func(int, int) int { return r.IntN(256) }
	case 1:
		return func(x, y int) int { return at + (a*x+b*y)/16 }
	case 2:
		return func(int, int) int { return 255 * r.IntN(2) }
	case 3:
		return func(x, y int) int { return 255 * ((x/n + y/m) % 2) }
	case 4:
		return func(int, int) int { return 255 * (at & 1) }
	}
	return func(x, y int) int {
		if (x-4*n)*(x-4*n)+(y-2*m)*(y-2*m) < at*at/10 {
			return 255 - at
		}
		return at + (a*x+b*y)/64 + r.IntN(8)
	}
}

// TestReadersAgree holds what dwebp reads of our files to what we read of them,
// and lossless files to the picture as well. IMMAGIN_TEST_COUNT is how many
// there are.
func TestReadersAgree(t *testing.T) {
	dwebp, err := exec.LookPath("dwebp")
	if err != nil {
		t.Log("dwebp is not installed: only lossless files are compared, with their pictures")
	}
	count := 150
	if text := os.Getenv("IMMAGIN_TEST_COUNT"); text != "" {
		count, err = strconv.Atoi(text)
		require.NoError(t, err, "IMMAGIN_TEST_COUNT")
	}
	path := filepath.Join(t.TempDir(), "picture.webp")
	for i := range count {
		c := newTrial(i)
		file := encodeAll(t, c.picture, c.options)
		got := rgba(decodeAll(t, file))
		if c.options.Lossless {
			require.True(t, bytes.Equal(rgba(c.picture), got), "trial %d: %v", i, c)
		}
		if dwebp == "" {
			continue
		}
		require.NoError(t, os.WriteFile(path, file, 0o600))
		pam, err := exec.CommandContext(t.Context(), dwebp, "-quiet", "-pam", path, "-o", "-").Output()
		require.NoError(t, err, "trial %d: %v", i, c)
		_, samples, ok := bytes.Cut(pam, []byte("ENDHDR\n"))
		require.True(t, ok, "trial %d: %v", i, c)
		require.True(t, bytes.Equal(samples, got), "trial %d: dwebp reads other pixels: %v", i, c)
	}
}

// TestSharpAgrees has sharp, and so its libwebp, read some of our files. It needs
// node, and sharp where NODE_PATH leads to.
func TestSharpAgrees(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	folder := t.TempDir()
	var names []string
	want := map[string]string{}
	for i := range 60 {
		c := newTrial(i)
		file := encodeAll(t, c.picture, c.options)
		name := filepath.Join(folder, strconv.Itoa(i)+".webp")
		require.NoError(t, os.WriteFile(name, file, 0o600))
		names = append(names, name)
		sum := sha256.Sum256(rgba(decodeAll(t, file)))
		want[name] = hex.EncodeToString(sum[:])
	}
	const script = `
const sharp = require('sharp');
const hash = (b) => require('node:crypto').createHash('sha256').update(b).digest('hex');
(async () => {
  const sums = {};
  for (const name of process.argv.slice(1)) sums[name] = hash(await sharp(name).ensureAlpha().raw().toBuffer());
  console.log(JSON.stringify(sums));
})();`
	run := exec.CommandContext(t.Context(), node, append([]string{"-e", script}, names...)...)
	var fault strings.Builder
	run.Stderr = &fault
	out, err := run.Output()
	if strings.Contains(fault.String(), "Cannot find module 'sharp'") {
		t.Skip("sharp is not installed: set NODE_PATH")
	}
	require.NoError(t, err, fault.String())
	var got map[string]string
	require.NoError(t, json.Unmarshal(out, &got))
	for i, name := range names {
		require.Equal(t, want[name], got[name], "trial %d: %v", i, newTrial(i))
	}
}
