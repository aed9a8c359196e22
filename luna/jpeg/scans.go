package jpeg

import (
	"bytes"
	"fmt"
	"io"

	"github.com/immagin/immagin-go/luna/codec"
)

// A scanLimit passes a JPEG file through and fails with codec.ErrLimit when
// more than max scans begin.
type scanLimit struct {
	r     io.Reader
	max   int
	scans int
	state scanState
	left  int // bytes of the segment, or high byte of its length
	err   error
}

type scanState uint8

const (
	inData   scanState = iota // between segments, or in entropy-coded data
	inMarker                  // after 0xff
	inLength                  // before the first byte of a segment's length
	inLength2
	inSegment
)

func (s *scanLimit) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.follow(p[:n])
	if s.scans > s.max {
		s.err = fmt.Errorf("%w: more than %d scans", codec.ErrLimit, s.max)
		return 0, s.err
	}
	return n, err
}

func (s *scanLimit) follow(p []byte) {
	for len(p) > 0 {
		switch s.state {
		case inData:
			i := bytes.IndexByte(p, 0xff)
			if i < 0 {
				return
			}
			p = p[i:]
			s.state = inMarker
		case inMarker:
			s.state = afterMarker(p[0])
			if p[0] == markerSOS {
				s.scans++
			}
		case inLength:
			s.left = int(p[0]) << 8
			s.state = inLength2
		case inLength2:
			s.left = max(s.left|int(p[0]), 2) - 2
			s.state = inSegment
			if s.left == 0 {
				s.state = inData
			}
		case inSegment:
			n := min(s.left, len(p))
			p = p[n:]
			if s.left -= n; s.left == 0 {
				s.state = inData
			}
			continue
		}
		p = p[1:]
	}
}

func afterMarker(b byte) scanState {
	switch {
	case b == 0xff:
		return inMarker
	case b == 0, b == markerTEM, b >= markerRST0 && b <= markerEOI:
		return inData
	}
	return inLength
}
