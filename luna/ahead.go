package luna

import (
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/pixel"
)

// aheadFrom is the size of a picture in bytes from which a goroutine and a
// copy of it are little against the work on it.
const aheadFrom = 128 << 10

// ahead lists where a goroutine reads ahead if there are cores to spare, so
// that decoder, resize and encoder work at the same time: before which
// operations, by number; their count stands for the encoder.
func (p *Plan) ahead() []int {
	var places []int
	p.eachAhead(func(i int, _ pixel.Shape) { places = append(places, i) })
	return places
}

// aheadBytes is what reading ahead takes.
func (p *Plan) aheadBytes() (n int64) {
	p.eachAhead(func(_ int, shape pixel.Shape) { n += pixel.AheadBytes(shape) })
	return n
}

// eachAhead calls f for the places and the pictures that are read there.
func (p *Plan) eachAhead(f func(i int, shape pixel.Shape)) {
	resized := 0 // by the operation before
	for i, o := range p.Ops {
		if _, ok := o.(op.Resample); ok {
			resized = i + 1
		}
	}
	shape := p.decoded
	for i := 0; ; i++ {
		if (i == 0 || i == resized) && shape.Height > pixel.StripRows && shape.Bytes() >= aheadFrom {
			f(i, shape)
		}
		if i == len(p.Ops) {
			return
		}
		shape, _ = p.Ops[i].Out(shape) // place has seen that it can
	}
}
