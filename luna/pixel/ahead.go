package pixel

import (
	"errors"
	"io"
)

// aheadStrips is how many strips a read-ahead holds: the one that its consumer
// has, the one that is ready, and the one that is being filled.
const aheadStrips = 3

// AheadBytes reports the most bytes that a [ReadAhead] of an image of shape s
// holds, what it reads from excepted.
func AheadBytes(s Shape) int64 {
	s.Height = min(StripRows, s.Height)
	return aheadStrips * s.Bytes()
}

// ReadAhead returns a source that yields what src yields, in strips of at most
// [StripRows] rows, and reads src in a goroutine of its own: whatever comes
// before it runs while its consumer works on the strip before. It copies every
// sample once, into strips from pool.
//
// The goroutine starts with the first call of Next, and has ended when Close
// returns; Close waits for a call of src.Next that is under way. A panic of src
// reaches the caller of Next. The source owns src and closes it: at its end,
// or by Close. So nobody else may use src meanwhile.
func ReadAhead(pool *Pool, src Source) Source {
	return &aheadSource{src: src, pool: pool, shape: src.Shape()}
}

type aheadSource struct {
	src   Source
	pool  *Pool
	shape Shape

	strips [aheadStrips]*Strip
	free   chan *Strip   // to be filled
	ready  chan reading  // room for all strips and the end
	stop   chan struct{} // closed by Close
	ended  chan struct{} // closed by the goroutine

	held   *Strip // what out has the samples of
	out    Strip
	err    error
	closed bool
	// srcClosed is the goroutine's until that has ended.
	srcClosed bool
}

// A reading is one strip, or why there is none.
type reading struct {
	strip  *Strip // one of aheadSource.strips
	rows   Strip  // the part of it that is filled
	err    error
	thrown any
}

var (
	errAheadClosed = errors.New("pixel: read of a closed source")
	errAheadGone   = errors.New("pixel: the goroutine that reads ahead was ended by its source")
)

func (s *aheadSource) Shape() Shape { return s.shape }

func (s *aheadSource) Next() (*Strip, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.ready == nil {
		s.start()
	}
	if s.held != nil {
		s.free <- s.held
		s.held = nil
	}
	r := <-s.ready
	if r.err != nil {
		s.err = r.err
		if r.thrown != nil {
			panic(r.thrown)
		}
		return nil, s.err
	}
	s.held, s.out = r.strip, r.rows
	return &s.out, nil
}

func (s *aheadSource) start() {
	s.free = make(chan *Strip, aheadStrips)
	s.ready = make(chan reading, aheadStrips+1)
	s.stop, s.ended = make(chan struct{}), make(chan struct{})
	for i := range s.strips {
		s.strips[i] = NewStrip(s.pool, s.shape, min(StripRows, s.shape.Height))
		s.free <- s.strips[i]
	}
	go s.run()
}

// run reads src to its end, and says how it ended.
func (s *aheadSource) run() {
	last := reading{err: errAheadGone}
	defer close(s.ended)
	defer func() {
		if v := recover(); v != nil {
			last.thrown = v
		}
		s.ready <- last
	}()
	last.err = s.readAll()
	if last.err == io.EOF {
		s.closeSource() // its memory is for those that come after
	}
}

func (s *aheadSource) closeSource() error {
	s.srcClosed = true
	return s.src.Close()
}

// readAll sends strip after strip until src or the consumer has had enough.
func (s *aheadSource) readAll() error {
	for {
		select {
		case <-s.stop:
			return errAheadClosed
		default:
		}
		t, err := s.src.Next()
		if err != nil {
			return err
		}
		for y := 0; y < t.Rows; y += StripRows {
			select {
			case strip := <-s.free:
				s.ready <- reading{strip: strip, rows: s.fill(strip, t, y)}
			case <-s.stop:
				return errAheadClosed
			}
		}
	}
}

// fill copies the rows of t from y on, as many as fit, to strip, and returns
// the part of it that they take.
func (s *aheadSource) fill(strip, t *Strip, y int) Strip {
	part := Strip{Y: t.Y + y, Rows: min(StripRows, t.Rows-y)}
	for p := range s.shape.Layout.Planes() {
		_, sy := s.shape.Layout.Subsampling(p)
		from := t.Planes[p].Rows(y>>sy, (y+part.Rows+1<<sy-1)>>sy)
		to := strip.Planes[p].Rows(0, from.Height)
		for i := range from.Height {
			if s.shape.Deep {
				copy(to.Row16(i), from.Row16(i))
			} else {
				copy(to.Row(i), from.Row(i))
			}
		}
		part.Planes[p] = to
	}
	return part
}

func (s *aheadSource) Close() error {
	if s.closed {
		return nil
	}
	s.closed, s.err = true, errAheadClosed
	if s.ready != nil {
		close(s.stop)
		<-s.ended
	}
	for _, t := range s.strips {
		t.Free(s.pool)
	}
	s.held, s.out = nil, Strip{}
	if s.srcClosed {
		return nil
	}
	return s.closeSource()
}
