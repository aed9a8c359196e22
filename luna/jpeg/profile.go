package jpeg

import (
	"fmt"

	"github.com/immagin/immagin-go/luna/codec"
)

// maxProfile bounds an embedded ICC profile. Profiles of printing presses
// reach 2 MiB.
const maxProfile = 4 << 20

const profileTag = "ICC_PROFILE\x00"

// A profile collects the chunks of an ICC profile from APP2 segments: each
// carries its number, from 1, and their count (ICC.1:2022, B.4).
type profile struct {
	chunks [256][]byte
	count  byte
	size   int
	broken bool
}

func (p *profile) add(data []byte) error {
	n := len(profileTag)
	if len(data) < n+2 || string(data[:n]) != profileTag {
		return nil
	}
	number, count, data := data[n], data[n+1], data[n+2:]
	if p.size == 0 {
		p.count = count
	}
	if number == 0 || number > count || count != p.count || p.chunks[number] != nil {
		p.broken = true
		return nil
	}
	if p.size += len(data); p.size > maxProfile {
		return fmt.Errorf("%w: ICC profile of more than %d bytes", codec.ErrLimit, maxProfile)
	}
	p.chunks[number] = data
	return nil
}

// bytes returns the profile, or nil if there is none or not all of it: a
// picture with a damaged profile is shown as if it had none.
func (p *profile) bytes() []byte {
	if p.size == 0 || p.broken {
		return nil
	}
	whole := make([]byte, 0, p.size)
	for i := 1; i <= int(p.count); i++ {
		if p.chunks[i] == nil {
			return nil
		}
		whole = append(whole, p.chunks[i]...)
	}
	return whole
}
