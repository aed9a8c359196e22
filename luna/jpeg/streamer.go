package jpeg

// A streamer decodes the one scan of a baseline picture MCU row by MCU row.
type streamer struct {
	d       *decoding
	w       walk
	q       sequencer
	next    int // MCU row
	segment int
	left    int // MCUs left in the segment
}

// row decodes the next MCU row, and emits its MCUs of the columns from firstX
// up to lastX if they are wanted.
func (s *streamer) row(wanted bool, firstX, lastX int, emit emitter) error {
	my := s.next
	s.next++
	for mx := range s.w.x {
		if s.left == 0 {
			if err := s.open(); err != nil {
				return err
			}
		}
		var err error
		if wanted && mx >= firstX && mx < lastX {
			err = s.q.mcu(&s.w, mx, my, emit)
		} else {
			err = s.q.pass(&s.w)
		}
		if err != nil {
			return s.q.explain(err)
		}
		if s.left--; s.left == 0 {
			if err := s.q.check(); err != nil {
				return err
			}
		}
	}
	return s.q.check()
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
