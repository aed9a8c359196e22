package vp8l

import "fmt"

// settings are what an effort means.
type settings struct {
	quality    int // what libwebp has as the quality of lossless pictures
	method     int
	low        bool // no search
	tries      int  // how far hash chains are followed
	candidates int  // predictors looked at closely
	plans      int  // that are tried
	workers    int
	palette    bool // pixels are indices
	bundled    bool // several to a pixel
	plane      bool // only green counts
}

// efforts are what efforts mean.
var efforts = [MaxEffort + 1]struct{ quality, tries, candidates, plans int }{
	{80, 10, 0, 1}, {80, 24, 0, 1}, {80, 32, 3, 1}, {85, 44, 3, 1}, {95, 58, 4, 1}, {97, 71, 7, 2}, {99, 84, predictors, 5},
}

func settingsOf(o Options) (settings, error) {
	if o.Effort < 0 || o.Effort > MaxEffort {
		return settings{}, fmt.Errorf("vp8l: effort %d; it is 0 to %d", o.Effort, MaxEffort)
	}
	e := efforts[o.Effort]
	return settings{
		quality:    e.quality,
		tries:      e.tries,
		candidates: e.candidates,
		plans:      e.plans,
		method:     o.Effort,
		low:        o.Effort == 0,
		workers:    max(o.Workers, 1),
	}, nil
}

// window returns how far back matches are looked for.
func (s *settings) window(width int) int {
	switch {
	case s.quality > 75:
		return maxWindow
	case s.quality > 50:
		return min(width<<8, maxWindow)
	case s.quality > 25:
		return min(width<<6, maxWindow)
	}
	return min(width<<4, maxWindow)
}
