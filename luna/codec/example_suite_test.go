package codec_test

import (
	"testing"

	"github.com/immagin/immagin-go/luna/codec/codectest"
)

// TestExample holds what the example teaches to what the package asks for.
func TestExample(t *testing.T) {
	codectest.Run(t, pgm{}, codectest.Options{Files: []codectest.Sample{
		{Name: "gray", Data: append([]byte("P5 40 30 255\n"), make([]byte, 40*30)...)},
	}})
}
