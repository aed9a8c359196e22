package sharpref

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// encode makes a PNG of one pixel and of one row of them.
func encode(t *testing.T, m image.Image) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func dots(colors ...color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, len(colors), 1))
	for i, c := range colors {
		m.SetNRGBA(i, 0, c)
	}
	return m
}

func TestCompare(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 2, 1))
	copy(gray.Pix, []uint8{7, 200})
	deep := image.NewGray16(image.Rect(0, 0, 2, 1))
	tests := []struct {
		name      string
		got, want image.Image
		diff      Difference
		err       string
	}{
		{name: "gray equals three equal colours", got: gray, want: dots(color.NRGBA{7, 7, 7, 255}, color.NRGBA{200, 200, 200, 255}), diff: Difference{Samples: 6}},
		{name: "the largest difference", got: gray, want: dots(color.NRGBA{7, 9, 7, 255}, color.NRGBA{195, 200, 200, 255}), diff: Difference{5, 6, 2}},
		{name: "alpha counts where there is any", got: gray, want: dots(color.NRGBA{7, 7, 7, 254}, color.NRGBA{200, 200, 200, 255}), diff: Difference{1, 8, 1}},
		{name: "colours under no alpha count", got: dots(color.NRGBA{9, 0, 0, 0}), want: dots(color.NRGBA{}), diff: Difference{9, 4, 1}},
		{name: "another size", got: dots(color.NRGBA{}), want: gray, err: "the size is (1,1) where sharp's is (2,1)"},
		{name: "16 bits", got: deep, want: gray, err: "a PNG of type *image.Gray16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Compare(encode(t, tt.got), encode(t, tt.want))
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.diff, d)
		})
	}
	_, err := Compare(encode(t, gray), []byte("no PNG"))
	require.Error(t, err)
}

func TestRecorded(t *testing.T) {
	sets, err := Read(Recorded())
	require.NoError(t, err)
	require.NotEmpty(t, sets)
	for _, s := range sets {
		require.NotEmpty(t, s.Cases, s.Name)
		require.Equal(t, sets[0].Sharp, s.Sharp, "the records are of several versions")
		require.Equal(t, sets[0].Libvips, s.Libvips)
		for _, c := range s.Cases {
			if c.Error != "" {
				continue
			}
			m, err := png.DecodeConfig(bytes.NewReader(c.Result))
			require.NoError(t, err)
			require.Equal(t, [2]int{c.Width, c.Height}, [2]int{m.Width, m.Height}, "%s %s", s.Name, c.Name)
		}
	}
}

// TestBroken takes one file after the other away, or breaks it.
func TestBroken(t *testing.T) {
	whole := fstest.MapFS{}
	for _, name := range []string{"pictures.zip", "flip.zip", "sizes.csv"} {
		b, err := fs.ReadFile(Recorded(), name)
		require.NoError(t, err)
		whole[name] = &fstest.MapFile{Data: b}
	}
	_, err := Read(whole)
	require.NoError(t, err)

	without := maps.Clone(whole)
	delete(without, "pictures.zip")
	_, err = Read(without)
	require.ErrorIs(t, err, fs.ErrNotExist)

	short := maps.Clone(whole)
	short["flip.zip"] = &fstest.MapFile{Data: whole["flip.zip"].Data[:1000]}
	_, err = Read(short)
	require.ErrorContains(t, err, "flip.zip")

	strange := maps.Clone(whole)
	strange["flip.zip"] = whole["pictures.zip"]
	_, err = Read(strange)
	require.ErrorContains(t, err, "cases.json")

	for _, line := range []string{"1,2\n", "1,2,fill,3,x,0,1,3,4\n"} {
		bad := fstest.MapFS{"sizes.csv": {Data: []byte(line)}}
		_, err = Sizes(bad)
		require.ErrorContains(t, err, "sizes.csv")
	}
}

func Example() {
	sets, err := Read(Recorded())
	if err != nil {
		panic(err)
	}
	for _, s := range sets {
		if s.Name == "flip" {
			c := s.Cases[0]
			fmt.Println(c.Picture, string(c.Edits), c.Width, c.Height)
		}
	}
	// Output:
	// photo-gray-1x1-1.png [{"flip":true}] 1 1
}
