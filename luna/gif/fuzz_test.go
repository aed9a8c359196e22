package gif

import (
	"testing"

	"github.com/immagin/immagin-go/luna/codec/codectest"
)

func FuzzDecode(f *testing.F) { codectest.Fuzz(f, Codec{}, promised(f)) }
