package recipetest

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

// A Drawing makes an original: a file and its media type.
type Drawing func(t *testing.T) (file []byte, contentType string)

// Landscape is a photograph's stand-in of 2000x1500: mountains over a lake.
func Landscape(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Landscape(2000, 1500)) }

// Camera is the same as a camera of 12 megapixels would make it: 4000x3000.
func Camera(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Landscape(4000, 3000)) }

// Portrait is somebody in front of evening lights, right of the middle: 750x450.
func Portrait(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Portrait(750, 450)) }

// Product is a mug on a ground that is almost white: 1400x1000.
func Product(t *testing.T) ([]byte, string) { return asJPEG(t, scene.Product(1400, 1000)) }

// Logo is a ring around peaks and a moon on nothing: 400x400.
func Logo(t *testing.T) ([]byte, string) {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, scene.Logo(400, 400)))
	return b.Bytes(), "image/png"
}

func asJPEG(t *testing.T, m image.Image) ([]byte, string) {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 92}))
	return b.Bytes(), "image/jpeg"
}
