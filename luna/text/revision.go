package text

import "github.com/immagin/immagin-go/internal/modversion"

// version is raised whenever the same text may come out otherwise than before
// for a reason that lies in this package.
const version = "1"

// typesetting is the version that the tests' hashes were taken with.
const typesetting = "v0.3.5"

// Revision names everything but the fonts of [NewSet] that what is drawn
// depends on: this package, the shaper and the embedded font.
func Revision() string {
	return version + " " + modversion.Of("github.com/go-text/typesetting", typesetting) + " " + Regular().Revision()
}

// Revision is a list of the revisions of the set's fonts, in order.
func (s *Set) Revision() string {
	r := ""
	for _, f := range s.fonts {
		r += f.Revision()
	}
	return r
}
