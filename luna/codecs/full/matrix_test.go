package codecs_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

var update = flag.Bool("update", false, "write the matrix to examples/docs/formats.md")

// An output is a column of the matrix: what its format keeps.
type output struct {
	format edit.Format
	// floor is the least PSNR against the picture that the input was made
	// of; 0 means that every sample comes back.
	floor      float64
	alpha      bool
	alphaFloor float64
	animation  bool
}

var outputs = []output{
	{format: edit.FormatWebP, floor: 33, alpha: true, animation: true},
	{format: edit.FormatJPEG, floor: 32},
	{format: edit.FormatPNG, alpha: true},
	{format: edit.FormatAVIF, floor: 39, alpha: true, alphaFloor: 40},
	{format: edit.FormatGIF, floor: 35, alpha: true, animation: true},
	{format: edit.FormatJP2, floor: 33},
	{format: edit.FormatTIFF, floor: 32}, // in which quality 90 means JPEG
	{format: edit.FormatHEIF, floor: 39, alpha: true, alphaFloor: 40},
}

// TestMatrix makes every output of every input, has others open it, and
// compares it with the picture that the input was made of.
func TestMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("encodes 112 pictures")
	}
	hevc, err := heic.New(nil)
	require.NoError(t, err)
	defer hevc.Close()
	all, err := codecs.All(&codecs.Options{HEVC: hevc})
	require.NoError(t, err)
	engine, err := luna.New(all, nil)
	require.NoError(t, err)

	dir := t.TempDir()
	made := inputs(t, engine)
	require.Len(t, made, 14)
	require.Len(t, outputs, 8)
	cells := map[string]string{}
	absent := map[string]bool{}
	var files []string
	for i, in := range made {
		for _, out := range outputs {
			file := filepath.Join(dir, fmt.Sprintf("%d.%s", i, out.format))
			var b bytes.Buffer
			_, err := engine.Transform(t.Context(), &b, bytes.NewReader(in.data), nil, &edit.Output{Format: out.format})
			require.NoError(t, err, "%s to %s", in.name, out.format)
			require.NoError(t, os.WriteFile(file, b.Bytes(), 0o600))
			files = append(files, file)
			r := readers[out.format]
			if tool := r.missing(); tool != "" {
				absent[tool] = true
				continue
			}
			m, frames, err := r.read(file)
			if !assert.NoError(t, err, "%s to %s", in.name, out.format) {
				continue
			}
			cells[file] = judge(t, in, out, r.name, m, frames)
		}
	}
	for tool := range absent {
		t.Logf("%s is not installed: what it reads was not checked with it", tool)
	}
	seen := map[edit.Format]int{}
	said, err := sharp(files)
	if err != nil {
		t.Logf("sharp is not installed: %v", err)
	}
	for i := range said {
		in, out := made[i/len(outputs)], outputs[i%len(outputs)]
		if out.format == edit.FormatJP2 && strings.HasPrefix(said[i], "no:") {
			continue // its libvips is built without
		}
		frames := 0
		_, err := fmt.Sscan(said[i], &frames)
		if !assert.NoError(t, err, "%s to %s: sharp says %s", in.name, out.format, said[i]) {
			continue
		}
		m, err := openPNG(files[i] + ".sharp.png")
		require.NoError(t, err)
		judge(t, in, out, "sharp", m, frames)
		seen[out.format]++
	}
	t.Logf("sharp has read %v", seen)
	table := tabulate(made, cells, dir)
	t.Log("\n" + table)
	if *update {
		require.Empty(t, absent, "all readers are needed for the table")
		require.NotEmpty(t, said)
		replace(t, "../../../examples/docs/formats.md", "matrix", table)
	}
}

// judge compares m, read by another program, with what in was made of, and
// returns the cell of the table.
func judge(t *testing.T, in input, out output, by string, m image.Image, frames int) string {
	t.Helper()
	what := fmt.Sprintf("%s to %s, read by %s", in.name, out.format, by)
	want, got := in.picture, toNRGBA(m)
	require.Equal(t, want.Rect.Size(), got.Rect.Size(), what)
	due := 1
	if out.animation {
		due = max(1, in.frames)
	}
	assert.Equal(t, due, frames, "%s: frames", what)
	alpha := psnr(want, got, 3, 4)
	switch {
	case !out.alpha:
		assert.True(t, got.Opaque(), what)
	case out.format == edit.FormatGIF:
		wrong := 0
		for i := 3; i < len(got.Pix); i += 4 {
			a := want.Pix[i]
			if unsure := in.floor > 0 && a > 118 && a < 138; a >= 128 != (got.Pix[i] == 255) && !unsure {
				wrong++
			}
		}
		assert.Zero(t, wrong, "%s: pixels whose alpha is wrong", what)
		want = opaqueOrNot(want)
	case in.floor > 0 || out.alphaFloor > 0:
		assert.GreaterOrEqual(t, alpha, max(out.alphaFloor, 36), "%s: alpha", what)
	default:
		assert.True(t, math.IsInf(alpha, 1), "%s: alpha at %.1f dB", what, alpha)
	}
	db := psnr(onBlack(want), onBlack(got), 0, 3)
	switch floor := out.floor; {
	case floor == 0 && in.floor == 0:
		assert.True(t, math.IsInf(db, 1) || db > 50 && in.name == "16-bit PNG", "%s: %.1f dB; it is to be exact", what, db)
	case in.floor > 0:
		assert.GreaterOrEqual(t, db, min(in.floor, cmp.Or(floor, in.floor)), what)
	case in.dithered:
		assert.GreaterOrEqual(t, db, min(floor-4, 23), what)
	default:
		assert.GreaterOrEqual(t, db, floor, what)
	}
	cell := fmt.Sprintf("%.1f", db)
	if math.IsInf(db, 1) {
		cell = "exact"
	}
	if frames > 1 {
		cell += fmt.Sprintf(" ×%d", frames)
	}
	return cell
}

func toNRGBA(m image.Image) *image.NRGBA {
	if n, ok := m.(*image.NRGBA); ok {
		return n
	}
	b := m.Bounds()
	n := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(n, n.Rect, m, b.Min, draw.Src)
	return n
}

// opaqueOrNot is m as a GIF can have it.
func opaqueOrNot(m *image.NRGBA) *image.NRGBA {
	n := image.NewNRGBA(m.Rect)
	for i := 0; i < len(m.Pix); i += 4 {
		if m.Pix[i+3] >= 128 {
			copy(n.Pix[i:i+3], m.Pix[i:])
			n.Pix[i+3] = 255
		}
	}
	return n
}

// onBlack is m as it is seen on black.
func onBlack(m *image.NRGBA) *image.NRGBA {
	n := image.NewNRGBA(m.Rect)
	draw.Draw(n, n.Rect, image.NewUniform(color.Black), image.Point{}, draw.Src)
	for i := 0; i < len(m.Pix); i += 4 {
		for p := range 3 {
			n.Pix[i+p] = uint8((int(m.Pix[i+p])*int(m.Pix[i+3]) + 127) / 255)
		}
	}
	return n
}

// psnr compares the samples of each pixel from first to last.
func psnr(a, b *image.NRGBA, first, last int) float64 {
	sum, n := 0.0, 0.0
	for i := range a.Pix {
		if i%4 >= first && i%4 < last {
			d := float64(a.Pix[i]) - float64(b.Pix[i])
			sum += d * d
			n++
		}
	}
	return 10 * math.Log10(255*255*n/sum)
}

// tabulate returns the matrix in Markdown.
func tabulate(made []input, cells map[string]string, dir string) string {
	var b strings.Builder
	b.WriteString("| input | written by |")
	for _, out := range outputs {
		fmt.Fprintf(&b, " %s |", out.format)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(outputs)) + "\n")
	for i, in := range made {
		fmt.Fprintf(&b, "| %s | %s |", in.name, in.by)
		for _, out := range outputs {
			cell := cells[filepath.Join(dir, fmt.Sprintf("%d.%s", i, out.format))]
			if cell == "" {
				cell = "?"
			}
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	b.WriteString("| | read by |")
	for _, out := range outputs {
		fmt.Fprintf(&b, " %s |", readers[out.format].name)
	}
	return b.String() + "\n"
}

// replace writes text between the marks of that name in a page.
func replace(t *testing.T, page, mark, text string) {
	t.Helper()
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	between := regexp.MustCompile(`(?s)(<!-- ` + mark + ` -->\n).*?(<!-- /` + mark + ` -->)`)
	require.Regexp(t, between, string(data))
	data = between.ReplaceAll(data, []byte("${1}"+strings.ReplaceAll(text, "$", "$$")+"${2}"))
	require.NoError(t, os.WriteFile(page, data, 0o644))
}
