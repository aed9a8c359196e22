package png_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/png"
)

func ExampleCodec_Animate() {
	file := base64.NewDecoder(base64.StdEncoding, strings.NewReader(twoFrames))
	frames, err := png.Codec{}.Animate(context.Background(), file, codec.Request{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer frames.Close()
	fmt.Println(frames.Shape(), "shown", frames.Loops(), "times")
	for {
		picture, delay, err := frames.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		strip, err := picture.Next()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(delay, strip.Planes[3].Row(0)) // alpha
		picture.Close()
	}
	// Output:
	// 2x1 rgba shown 4 times
	// 100ms [255 255]
	// 200ms [0 255]
	// EOF
}

// twoFrames has no alpha channel; the first frame is disposed of, and the
// second covers half of it.
const twoFrames = "" +
	"iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAACGFjVEwAAAACAAAABPTgV2kAAAAaZmNUTAAAAAAAAAACAAAAAQAAAAAAAAAAAAEACgEA" +
	"4DKHOAAAABBJREFUeJxi4AQDQAAAAP//AMQANy6b2eQAAAAaZmNUTAAAAAEAAAABAAAAAQAAAAEAAAAAAAEABQAAC95C+QAAABRmZEFUAAAAAnicYjiR" +
	"wgAIAAD//wMkAS1RfYIeAAAAAElFTkSuQmCC"
