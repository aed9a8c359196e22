package text_test

import (
	"fmt"

	"golang.org/x/image/font/gofont/gobold"

	"github.com/immagin/immagin-go/luna/text"
)

func ExampleParse() {
	bold, err := text.Parse(gobold.TTF)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bold.Has('é'), bold.Has('世'))
	// Output: true false
}

func ExampleRegular() {
	fmt.Println(text.Regular().Has('Ω'), text.Regular().Has('Ж'))
	// Output: true true
}

func ExampleRevision() {
	fmt.Println(len(text.Revision()) > 0)
	// Output: true
}

func ExampleSet_Shape() {
	shaped, err := text.NewSet().Shape("We ♥ Gopher 🎉")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("left out:", string(shaped.Missing()))
	// Output: left out: 🎉
}

func ExampleText_Layout() {
	shaped, err := text.NewSet().Shape("The quick brown fox jumps over the lazy dog")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, height := range []int{200, 40} {
		b, err := shaped.Layout(text.Frame{Width: 200, Height: height, Size: 32, LineHeight: 1.2})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d lines of %.0f pixels\n", b.Lines(), b.FontSize())
	}
	// Output:
	// 4 lines of 32 pixels
	// 2 lines of 17 pixels
}

func ExampleBlock_Painter() {
	shaped, err := text.NewSet().Shape("Hi")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := shaped.Layout(text.Frame{Width: 100, Height: 100, Size: 12, LineHeight: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	w, h := b.Size()
	rows := make([]uint8, w*h)
	b.Painter()(rows, 0)
	for y := range h {
		for _, c := range rows[y*w : (y+1)*w] {
			fmt.Printf("%c", ".-+#"[c/64])
		}
		fmt.Println()
	}
	// Output:
	// ............
	// ............
	// ............
	// .+....--.-+.
	// .#....++..-.
	// .#....++..-.
	// .#....++.-+.
	// .######+.-+.
	// .#....++.-+.
	// .#....++.-+.
	// .#....++.-+.
	// .#....++.-+.
	// ............
	// ............
	// ............
}
