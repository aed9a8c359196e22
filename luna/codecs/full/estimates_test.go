//go:build linux

package codecs_test

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

// estimatesVariable marks the child of TestEstimates.
const estimatesVariable = "IMMAGIN_TEST_ESTIMATES_CHILD"

// TestEstimates holds, for every codec in both directions, that what a
// transform takes at any moment is no more than its plan says: Go's heap as its
// collector finds it, and what lies outside of it, which is the memory of
// WebAssembly and, with cgo, libwebp's. It is measured in a process of its own,
// in which C gives back at once what it has freed.
//
// The pictures have sides of a hundred to a thousand pixels; with
// IMMAGIN_TEST_COUNT=n the largest are n times as wide.
func TestEstimates(t *testing.T) {
	if testing.Short() {
		t.Skip("measures 150 transforms")
	}
	if os.Getenv(estimatesVariable) == "" {
		program, err := os.Executable()
		require.NoError(t, err)
		args := []string{"-test.run=^TestEstimates$", "-test.timeout=10m"}
		if testing.Verbose() {
			args = append(args, "-test.v")
		}
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), estimatesVariable+"=1", "MALLOC_MMAP_THRESHOLD_=65536", "MALLOC_TRIM_THRESHOLD_=65536", "MALLOC_ARENA_MAX=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.NotContains(t, string(out), "no tests to run")
		t.Logf("%s", out)
		return
	}
	hevc, err := heic.New(nil)
	require.NoError(t, err)
	defer hevc.Close()
	all, err := codecs.All(&codecs.Options{HEVC: hevc})
	require.NoError(t, err)
	e, err := luna.New(all, nil)
	require.NoError(t, err)

	small := []edit.Edit{edit.Resize{Width: 16, Height: 16, Fit: edit.FitFill}}
	for _, o := range estimated(t, e) {
		t.Run("decode "+o.name, func(t *testing.T) {
			measured(t, e, o.data, small, edit.Output{Format: edit.FormatPNG})
		})
		if animated := strings.Contains(o.name, "animated"); animated || estimateTimes() > 1 {
			t.Run("decode whole "+o.name, func(t *testing.T) {
				format := edit.FormatPNG
				if animated {
					format = edit.FormatGIF
				}
				measured(t, e, o.data, nil, edit.Output{Format: format})
			})
		}
	}
	kinds := []string{"opaque", "alpha", "noise"}
	for _, o := range estimatedOutputs() {
		for i, side := range []int{100, 400, 800 * estimateTimes()} {
			for k, kind := range kinds {
				if estimateTimes() == 1 && (i+k)%3 != 2 {
					continue
				}
				t.Run(fmt.Sprintf("encode %s %d %s", o.name, side, kind), func(t *testing.T) {
					if o.slow {
						side /= 2
					}
					source := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, estimatedPicture(side, side*3/4, kind)) })
					measured(t, e, source, nil, o.output)
				})
			}
		}
	}
}

func estimateTimes() int {
	n, err := strconv.Atoi(os.Getenv("IMMAGIN_TEST_COUNT"))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 4)
}

type estimatedOutput struct {
	name   string
	output edit.Output
	slow   bool
}

func estimatedOutputs() []estimatedOutput {
	yes := new(true)
	return []estimatedOutput{
		{"jpeg", edit.Output{Format: edit.FormatJPEG}, false},
		{"jpeg progressive", edit.Output{Format: edit.FormatJPEG, Quality: 100, Progressive: yes}, false},
		{"png", edit.Output{Format: edit.FormatPNG}, false},
		{"png interlaced", edit.Output{Format: edit.FormatPNG, Progressive: yes}, false},
		{"png palette", edit.Output{Format: edit.FormatPNG, Quality: 80}, false},
		{"gif", edit.Output{Format: edit.FormatGIF}, false},
		{"webp", edit.Output{Format: edit.FormatWebP}, false},
		{"webp best", edit.Output{Format: edit.FormatWebP, Quality: 100}, true},
		{"webp lossless", edit.Output{Format: edit.FormatWebP, Lossless: yes}, true},
		{"tiff", edit.Output{Format: edit.FormatTIFF}, false},
		{"tiff jpeg", edit.Output{Format: edit.FormatTIFF, Quality: 90}, false},
		{"jp2", edit.Output{Format: edit.FormatJP2}, true},
		{"jp2 best", edit.Output{Format: edit.FormatJP2, Quality: 100}, true},
		{"avif", edit.Output{Format: edit.FormatAVIF, Effort: new(1)}, true},
		{"avif lossless", edit.Output{Format: edit.FormatAVIF, Lossless: yes, Effort: new(0)}, true},
		{"heif", edit.Output{Format: edit.FormatHEIF}, true},
	}
}

// estimatedPicture is a gradient, with alpha, or noise.
func estimatedPicture(w, h int, kind string) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(x * y >> 6), 255}
			switch kind {
			case "alpha":
				c.A = uint8(x ^ y)
			case "noise":
				n := random.Uint32()
				c = color.NRGBA{uint8(n), uint8(n >> 8), uint8(n >> 16), 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

type estimatedOriginal struct {
	name string
	data []byte
}

// estimated returns originals of all formats and kinds, each in three sizes.
func estimated(t *testing.T, e *luna.Engine) (all []estimatedOriginal) {
	times := estimateTimes()
	add := func(name string, encode func(*bytes.Buffer) error) {
		all = append(all, estimatedOriginal{name, encoded(t, encode)})
	}
	for _, w := range []int{97, 400, 1000 * times} {
		h := w * 5 / 8
		opaque, alpha, noise := estimatedPicture(w, h, "opaque"), estimatedPicture(w, h, "alpha"), estimatedPicture(w, h, "noise")
		gray := image.NewGray(opaque.Bounds())
		draw.Draw(gray, gray.Bounds(), opaque, image.Point{}, draw.Src)
		deep := image.NewNRGBA64(opaque.Bounds())
		draw.Draw(deep, deep.Bounds(), noise, image.Point{}, draw.Src)
		paletted := image.NewPaletted(opaque.Bounds(), palette.WebSafe)
		draw.Draw(paletted, paletted.Bounds(), opaque, image.Point{}, draw.Src)
		by := func(kind string, m image.Image, out edit.Output) {
			source := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
			add(fmt.Sprintf("%s %d", kind, w), func(b *bytes.Buffer) error {
				_, err := e.Transform(t.Context(), b, bytes.NewReader(source), nil, &out)
				return err
			})
		}
		name := func(kind string) string { return fmt.Sprintf("%s %d", kind, w) }
		add(name("jpeg"), func(b *bytes.Buffer) error { return jpeg.Encode(b, opaque, nil) })
		add(name("jpeg gray"), func(b *bytes.Buffer) error { return jpeg.Encode(b, gray, nil) })
		add(name("jpeg noise"), func(b *bytes.Buffer) error { return jpeg.Encode(b, noise, &jpeg.Options{Quality: 100}) })
		by("jpeg progressive", opaque, edit.Output{Format: edit.FormatJPEG, Progressive: new(true)})
		by("jpeg progressive noise", noise, edit.Output{Format: edit.FormatJPEG, Progressive: new(true), Quality: 100})
		add(name("png"), func(b *bytes.Buffer) error { return png.Encode(b, alpha) })
		add(name("png noise"), func(b *bytes.Buffer) error { return png.Encode(b, noise) })
		add(name("png palette"), func(b *bytes.Buffer) error { return png.Encode(b, paletted) })
		add(name("png deep"), func(b *bytes.Buffer) error { return png.Encode(b, deep) })
		by("png interlaced", alpha, edit.Output{Format: edit.FormatPNG, Progressive: new(true)})
		add(name("gif"), func(b *bytes.Buffer) error { return gif.Encode(b, paletted, nil) })
		add(name("gif animated"), func(b *bytes.Buffer) error {
			return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{paletted, paletted, paletted}, Delay: []int{4, 4, 4}})
		})
		moving := all[len(all)-1].data
		by("webp", opaque, edit.Output{Format: edit.FormatWebP})
		by("webp alpha", alpha, edit.Output{Format: edit.FormatWebP})
		by("webp lossless", alpha, edit.Output{Format: edit.FormatWebP, Lossless: new(true)})
		add(name("webp animated"), func(b *bytes.Buffer) error {
			_, err := e.Transform(t.Context(), b, bytes.NewReader(moving), nil, &edit.Output{Format: edit.FormatWebP})
			return err
		})
		add(name("bmp"), func(b *bytes.Buffer) error { return bmp.Encode(b, opaque) })
		add(name("bmp runs"), func(b *bytes.Buffer) error { writeRuns(b, w, h); return nil })
		add(name("tiff"), func(b *bytes.Buffer) error { return tiff.Encode(b, alpha, nil) })
		add(name("tiff deep"), func(b *bytes.Buffer) error {
			return tiff.Encode(b, deep, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		})
		by("tiff jpeg", opaque, edit.Output{Format: edit.FormatTIFF, Quality: 90})
		if w > 400 { // these take long
			half := image.Rect(0, 0, 640*times, 400*times)
			opaque, alpha = estimatedPicture(half.Dx(), half.Dy(), "opaque"), estimatedPicture(half.Dx(), half.Dy(), "alpha")
		}
		by("avif", opaque, edit.Output{Format: edit.FormatAVIF, Effort: new(0)})
		by("avif alpha", alpha, edit.Output{Format: edit.FormatAVIF, Effort: new(0)})
		by("jp2", opaque, edit.Output{Format: edit.FormatJP2})
		by("jp2 best", opaque, edit.Output{Format: edit.FormatJP2, Quality: 100})
		avif := all[len(all)-4].data
		add(name("heif"), func(b *bytes.Buffer) error {
			b.Write(bytes.Replace(avif, []byte("ftypavif"), []byte("ftypmif1"), 1))
			return nil
		})
	}
	samples, err := filepath.Glob("../../heif/heic/testdata/*.heic")
	require.NoError(t, err)
	require.NotEmpty(t, samples)
	for _, path := range append(samples, "testdata/landscape.heic") {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		all = append(all, estimatedOriginal{filepath.Base(path), data})
	}
	cmyk, err := os.ReadFile("testdata/cmyk.jpg")
	require.NoError(t, err)
	return append(all, estimatedOriginal{"jpeg cmyk", cmyk}, estimatedOriginal{"apng", apng(t)})
}

// writeRuns writes a BMP of runs of 8-bit pixels.
func writeRuns(b *bytes.Buffer, w, h int) {
	le := func(n int, bytes int) {
		for i := range bytes {
			b.WriteByte(byte(n >> (8 * i)))
		}
	}
	b.WriteString("BM")
	for _, n := range []int{0, 0, 14 + 40 + 1024, 40, w, h} {
		le(n, 4)
	}
	le(1, 2)
	le(8, 2)
	for _, n := range []int{1, 0, 0, 0, 256, 0} { // BI_RLE8
		le(n, 4)
	}
	for i := range 256 {
		b.Write([]byte{byte(i), byte(i), byte(i), 0})
	}
	for y := range h {
		for x := 0; x < w; x += 200 {
			b.Write([]byte{byte(min(200, w-x)), byte(x + y)})
		}
		b.Write([]byte{0, 0})
	}
	b.Write([]byte{0, 1})
}

// measured transforms an original from a file, as from a store, and compares
// the most that it took with what was planned.
func measured(t *testing.T, e *luna.Engine, original []byte, edits []edit.Edit, out edit.Output) {
	path := filepath.Join(t.TempDir(), "original")
	require.NoError(t, os.WriteFile(path, original, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // only the meter collects
	// What is allocated while the collector runs counts as held, so that a try
	// may find too much, the more the busier the machine: the best of ten counts.
	const tries = 10
	for try := range tries {
		for range 3 { // pools let go at the second
			runtime.GC()
		}
		_, err = file.Seek(0, io.SeekStart)
		require.NoError(t, err)
		var m meter
		var result pieces // as large as what is written: how buffers grow is not the codec's
		m.start(t)
		res, err := e.Transform(t.Context(), &result, sized{file, int64(len(original))}, edits, &out)
		heap, outside := m.stop()
		require.NoError(t, err)
		t.Logf("%d + %d of %d KiB: %.0f%%  %v", heap>>10, outside>>10, res.Plan.Bytes>>10, 100*float64(heap+outside)/float64(res.Plan.Bytes), res.Plan)
		if heap+outside <= res.Plan.Bytes {
			return
		}
		require.Less(t, try, tries-1, "%d bytes of heap and %d outside: %v", heap, outside, res.Plan)
	}
}

type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}

type sized struct {
	io.Reader
	n int64
}

func (s sized) Size() int64 { return s.n }

// A meter collects garbage all the time, so that it knows what is held, and
// looks at what the process has outside of Go's heap.
type meter struct {
	heap, outside         int64 // at the start
	mostHeap, mostOutside int64
	done                  chan struct{}
	ended                 sync.WaitGroup
	maps                  *os.File
}

func (m *meter) start(t *testing.T) {
	var err error
	m.maps, err = os.Open("/proc/self/smaps")
	require.NoError(t, err)
	m.heap, m.outside = liveHeap(), outsideHeap(m.maps)
	m.done = make(chan struct{})
	m.ended.Go(func() {
		for {
			start := time.Now()
			// Both at their most, though it may not be at one time.
			m.mostHeap = max(m.mostHeap, liveHeap())
			m.mostOutside = max(m.mostOutside, outsideHeap(m.maps))
			select {
			case <-m.done:
				return
			case <-time.After(time.Since(start)):
			}
		}
	})
}

func (m *meter) stop() (heap, outside int64) {
	close(m.done)
	m.ended.Wait()
	m.maps.Close()
	return max(m.mostHeap-m.heap, 0), max(m.mostOutside-m.outside, 0)
}

func liveHeap() int64 {
	runtime.GC()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// mapping matches the head of a private anonymous mapping, or C's heap.
var mapping = regexp.MustCompile(`^([0-9a-f]+)-[0-9a-f]+ rw-p 00000000 00:00 0 *(\[heap\])?$`)

// goHeap reports whether an address is within Go's heap, whose arenas follow
// each other from wherever it began.
func goHeap(address uint64) bool {
	at := uint64(uintptr(unsafe.Pointer(&somewhere[0])))
	const near = 1 << 36
	return address < at+near && at < address+near
}

var somewhere = make([]byte, 1<<20)

// outsideHeap is what is resident of memory that is neither a file's nor Go's
// heap.
func outsideHeap(maps *os.File) (n int64) {
	maps.Seek(0, io.SeekStart)
	ours := false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		line := lines.Text()
		if head := mapping.FindStringSubmatch(line); head != nil {
			address, err := strconv.ParseUint(head[1], 16, 64)
			ours = err == nil && !goHeap(address)
		} else if i := strings.IndexByte(line, ':'); i > 0 && !strings.Contains(line[:i], " ") {
			if kb, ok := strings.CutPrefix(line, "Rss:"); ok && ours {
				v, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 10, 64)
				n += v << 10
			}
		} else {
			ours = false
		}
	}
	return n
}
