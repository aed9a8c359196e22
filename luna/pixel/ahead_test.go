package pixel_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/luna/pixel/pixeltest"
)

func TestReadAheadChangesNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	pool := pixel.NewPool()
	for i, layout := range pixeltest.Layouts {
		for _, size := range [][2]int{{1, 1}, {3, 2}, {5, 15}, {7, 16}, {33, 17}, {31, 101}, {64, 160}} {
			m := pixeltest.Noise(pixel.Shape{Width: size[0], Height: size[1], Layout: layout}, uint64(i))
			for _, rows := range []int{2, 6, 16, 34, 0} {
				for _, p := range []*pixel.Pool{nil, pool} {
					src := pixeltest.NewSource(m, rows)
					got, err := pixeltest.Collect(pixel.ReadAhead(p, src))
					require.NoError(t, err, "%v by %d", m.Shape, rows)
					pixeltest.Equal(t, m, got)
					require.Equal(t, 1, src.Closed)
				}
			}
		}
	}
}

func TestReadAheadOfDeepSamples(t *testing.T) {
	m := pixel.NewImage(nil, pixel.Shape{Width: 9, Height: 40, Layout: pixel.RGBA, Deep: true})
	for p := range 4 {
		for i := range m.Planes[p].Pix16 {
			m.Planes[p].Pix16[i] = uint16(1000*i + p)
		}
	}
	got, err := pixel.ReadAll(nil, pixel.ReadAhead(nil, m.Source(0, nil)))
	require.NoError(t, err)
	require.Equal(t, m, got)
}

// TestReadAheadRunsAhead, by as many strips as it says and no more.
func TestReadAheadRunsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := pixeltest.Noise(pixel.Shape{Width: 8, Height: 200, Layout: pixel.RGB}, 1)
		src := &counting{Source: pixeltest.NewSource(m, 16)}
		ahead := pixel.ReadAhead(nil, src)
		synctest.Wait()
		require.Zero(t, src.calls, "nobody has asked")
		_, err := ahead.Next()
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, 4, src.calls, "three strips are held, and the fourth is the source's own")
		require.NoError(t, ahead.Close())
		synctest.Wait()
		require.Equal(t, 4, src.calls)
		_, err = ahead.Next()
		require.Error(t, err)
	})
}

type counting struct {
	pixel.Source
	calls int
}

func (c *counting) Next() (*pixel.Strip, error) {
	c.calls++
	return c.Source.Next()
}

func TestReadAheadIsClosedAtAnyTime(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := pixeltest.Noise(pixel.Shape{Width: 40, Height: 150, Layout: pixel.YCbCr420}, 2)
	pool := pixel.NewPool()
	for n := range 12 {
		src := pixeltest.NewSource(m, 16)
		ahead := pixel.ReadAhead(pool, src)
		for range n {
			if _, err := ahead.Next(); err != nil {
				require.Equal(t, io.EOF, err)
			}
		}
		require.NoError(t, ahead.Close())
		require.NoError(t, ahead.Close())
		require.Equal(t, 1, src.Closed)
		_, err := ahead.Next()
		require.Error(t, err)
		require.NotEqual(t, io.EOF, err)
	}
}

func TestReadAheadPassesErrorsOn(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := pixeltest.Noise(pixel.Shape{Width: 40, Height: 150, Layout: pixel.RGB}, 3)
	wrong := errors.New("wrong")
	for _, y := range []int{0, 16, 100, 150} {
		src := pixeltest.NewSource(m, 16)
		src.Err, src.ErrY = wrong, y
		ahead := pixel.ReadAhead(nil, src)
		rows := 0
		for {
			strip, err := ahead.Next()
			if err != nil {
				require.Equal(t, wrong, err)
				break
			}
			rows += strip.Rows
		}
		require.Equal(t, min((y+15)/16*16, 150), rows, "all that came before comes")
		_, err := ahead.Next()
		require.Equal(t, wrong, err)
		require.NoError(t, ahead.Close())
		require.Equal(t, 1, src.Closed)
	}
}

// A trap does something else than to yield the third strip.
type trap struct {
	pixel.Source
	calls int
	do    func()
}

func (s *trap) Next() (*pixel.Strip, error) {
	if s.calls++; s.calls == 3 {
		s.do()
	}
	return s.Source.Next()
}

func TestReadAheadPassesPanicsOn(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := pixeltest.Noise(pixel.Shape{Width: 40, Height: 150, Layout: pixel.RGB}, 4)
	src := pixeltest.NewSource(m, 16)
	ahead := pixel.ReadAhead(pixel.NewPool(), &trap{Source: src, do: func() { panic("oh") }})
	for range 2 {
		_, err := ahead.Next()
		require.NoError(t, err)
	}
	require.PanicsWithValue(t, "oh", func() { _, _ = ahead.Next() })
	_, err := ahead.Next()
	require.Error(t, err)
	require.NoError(t, ahead.Close())
	require.Equal(t, 1, src.Closed)
}

func TestReadAheadSurvivesGoexit(t *testing.T) {
	defer goleak.VerifyNone(t)
	m := pixeltest.Noise(pixel.Shape{Width: 40, Height: 150, Layout: pixel.RGB}, 5)
	ahead := pixel.ReadAhead(nil, &trap{Source: pixeltest.NewSource(m, 16), do: runtime.Goexit})
	_, err := pixel.Drain(ahead)
	require.Error(t, err)
	require.NoError(t, ahead.Close())
}

func TestAheadBytes(t *testing.T) {
	for _, layout := range pixeltest.Layouts {
		for _, height := range []int{1, 15, 16, 1000} {
			shape := pixel.Shape{Width: 33, Height: height, Layout: layout}
			strip := pixel.NewStrip(nil, shape, min(height, pixel.StripRows))
			n := 0
			for _, p := range strip.Planes {
				n += len(p.Pix)
			}
			require.EqualValues(t, 3*n, pixel.AheadBytes(shape), "%v", shape)
		}
	}
}

func BenchmarkReadAhead(b *testing.B) {
	m := pixeltest.Noise(pixel.Shape{Width: 4000, Height: 512, Layout: pixel.RGB}, 6)
	pool := pixel.NewPool()
	b.SetBytes(m.Shape.Bytes())
	for b.Loop() {
		ahead := pixel.ReadAhead(pool, m.Source(0, nil))
		if _, err := pixel.Drain(ahead); err != nil {
			b.Fatal(err)
		}
		ahead.Close()
	}
}

func ExampleReadAhead() {
	picture := pixel.NewImage(nil, pixel.Shape{Width: 640, Height: 480, Layout: pixel.Gray})
	src := pixel.ReadAhead(pixel.NewPool(), picture.Source(0, nil))
	defer src.Close()
	rows, err := pixel.Drain(src) // while the source is read elsewhere
	fmt.Println(rows, err)
	// Output: 480 <nil>
}
