package heic_test

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"github.com/immagin/immagin-go/luna/heif/heic"
)

func ExampleNew() {
	c, err := heic.New(&heic.Options{MaxMemory: 64 << 20})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	file, err := os.ReadFile("testdata/rgba.heic")
	if err != nil {
		log.Fatal(err)
	}
	info, err := c.Probe(bytes.NewReader(file))
	fmt.Println(info.Shape, info.HasAlpha, err)
	// Output: 65x67 rgba true <nil>
}
