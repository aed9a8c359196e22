package luna

import "github.com/immagin/immagin-go/luna/codec"

// An original is an image whose headers were read and are within the limits.
type original struct {
	info codec.Info
}
