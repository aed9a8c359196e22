package main

import (
	"sync"

	"github.com/immagin/immagin-go/luna/avif"
	"github.com/immagin/immagin-go/luna/codec"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

// allCodecs makes the codecs of all formats, HEIC among them, whose library is
// under the LGPL. Compiling their WebAssembly takes seconds, so that servers of
// one process share them.
var allCodecs = sync.OnceValues(func() ([]codec.Codec, error) {
	hevc, err := heic.New(nil)
	if err != nil {
		return nil, err
	}
	return codecs.All(&codecs.Options{AVIF: &avif.Options{MaxEncodes: cores}, HEVC: hevc})
})
