package jpeg

import (
	"math"

	"github.com/immagin/immagin-go/luna/pixel"
)

// A streamer decodes the one scan of a baseline picture in its order. Where
// others decode ahead, it takes from them what they have.
type streamer struct {
	d       *decoding
	w       walk
	q       sequencer
	next    int // MCU row
	m       int // MCU
	segment int
	left    int // MCUs left in the segment
	// own are MCUs that are decoded here, a few at a time.
	own  batch
	room int // of own

	ahead *ahead // nil where nobody is
	part  int    // the next one to come to
	// got is the part that was come to last, if it is not used up: its MCUs
	// from used on, once what it guessed is known to be right.
	got    *part
	used   int
	joined bool
}

func newStreamer(d *decoding, pool *pixel.Pool) *streamer {
	s := &streamer{d: d, w: d.p.walk(&d.p.scans[0])}
	const bytes = 16 << 10 // which stay near
	s.room = min(max(bytes/2/d.coefficients(), 1), s.w.x)
	s.own = newBatch(pool, d, &s.w, s.room)
	s.ahead, s.part = newAhead(d, &s.w, pool), 1
	return s
}

func (s *streamer) close(pool *pixel.Pool) {
	if s.ahead != nil {
		if s.got != nil {
			s.ahead.release(s.got)
			s.got = nil
		}
		s.ahead.close()
	}
	s.own.free(pool)
}

// row decodes the next MCU row, and emits its MCUs of the columns from firstX
// up to lastX if they are wanted: n of those in b from at on, which go to the
// columns from mx on.
func (s *streamer) row(wanted bool, firstX, lastX int, emit func(b *batch, at, n, mx int)) error {
	s.next++
	for mx := 0; mx < s.w.x; {
		most, skip := s.w.x-mx, true
		switch {
		case !wanted || mx >= lastX:
		case mx < firstX:
			most = firstX - mx
		default:
			most, skip = lastX-mx, false
		}
		b, at, n, err := s.some(most, skip)
		if err != nil {
			return err
		}
		if !skip {
			emit(b, at, n, mx)
		}
		mx += n
	}
	if s.joined && s.used == s.got.mcus {
		// There may be no MCU after these to ask whether they went too far.
		if err := s.leave(); err != nil {
			return err
		}
	}
	return s.q.check()
}

// some decodes up to most MCUs, or skips them: n of those in b from at on.
func (s *streamer) some(most int, skip bool) (b *batch, at, n int, err error) {
	if s.ahead != nil {
		s.ahead.start()
		if err := s.meet(); err != nil {
			return nil, 0, 0, err
		}
		if s.joined {
			at, n = s.used, min(most, s.got.mcus-s.used)
			s.used, s.m = s.used+n, s.m+n
			return &s.got.batch, at, n, nil
		}
		if s.got != nil {
			most = 1 // and look again
		}
	}
	if s.left == 0 {
		if err := s.open(); err != nil {
			return nil, 0, 0, err
		}
	}
	most = min(most, s.left, s.room)
	stop := math.MaxInt
	if s.ahead != nil && s.part < len(s.ahead.parts) {
		if s.ahead.guessed {
			stop = s.ahead.parts[s.part].bit
		} else {
			most = min(most, s.ahead.parts[s.part].mcu-s.m)
		}
	}
	for n < most && (n == 0 || s.q.bits.at() < stop) {
		if skip {
			err = s.q.pass(&s.w)
		} else {
			err = s.q.into(&s.own, n)
		}
		if err != nil {
			return nil, 0, 0, s.q.explain(err)
		}
		n++
	}
	s.m += n
	if s.left -= n; s.left == 0 {
		err = s.q.check()
	}
	return &s.own, 0, n, err
}

// meet takes the next part if this is where it begins, and sees whether it is
// right.
func (s *streamer) meet() error {
	for {
		if s.joined && s.used == s.got.mcus {
			if err := s.leave(); err != nil {
				return err
			}
		}
		if s.joined {
			return nil
		}
		if s.got == nil {
			if !s.here() {
				return nil
			}
			s.got, s.used = s.ahead.take(s.part), 0
			s.part++
			continue
		}
		if s.got.thrown != nil && !s.ahead.guessed {
			panic(s.got.thrown)
		}
		if !s.ahead.guessed {
			s.joined = true
			continue
		}
		bit := s.q.bits.at()
		for s.used < s.got.mcus && s.got.at[s.used] < bit {
			s.used++
		}
		if s.used == s.got.mcus {
			s.drop() // they did not meet
			continue
		}
		if s.got.at[s.used] > bit {
			return nil
		}
		s.join()
	}
}

// here reports whether the next part begins before the next MCU ends.
func (s *streamer) here() bool {
	switch {
	case s.part == len(s.ahead.parts):
		return false
	case s.ahead.guessed:
		return s.left > 0 && s.q.bits.at() >= s.ahead.parts[s.part].bit
	}
	return s.m == s.ahead.parts[s.part].mcu
}

// join corrects what was guessed, now that the beginning is known.
func (s *streamer) join() {
	c := s.got
	c.mcus = min(c.mcus, s.used+s.left)
	before := c.batch.predictions(s.d, s.used)
	var delta [4]int16
	for i := range delta {
		delta[i] = int16(s.q.pred[i]) - before[i]
		c.pred[i] += int32(delta[i])
	}
	c.batch.shift(s.d, s.used, c.mcus, delta)
	s.left -= c.mcus - s.used
	s.joined = true
}

// leave goes on behind a part that is used up.
func (s *streamer) leave() error {
	c := s.got
	if !s.ahead.guessed {
		s.segment, s.left = c.segment+1, c.left
	}
	s.q = s.d.sequencer(s.w.s.segments[s.segment-1], c.at[c.mcus])
	s.q.pred = c.pred
	s.drop()
	return s.q.check()
}

func (s *streamer) drop() {
	s.ahead.release(s.got)
	s.got, s.joined = nil, false
}

// open starts the next segment.
func (s *streamer) open() error {
	if s.segment >= len(s.w.s.segments) {
		return errTruncated
	}
	segment := s.w.s.segments[s.segment]
	from, to := s.w.span(s.segment)
	s.q = s.d.sequencer(segment, segment[0]<<3)
	s.left = to - from
	s.segment++
	return nil
}
