package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// A bench has what all measurements share.
type bench struct {
	us    program
	them  program // nil for none
	files map[kind]source
	dir   string
	runs  int
}

// A series is what one side took, run by run.
type series struct {
	wall, cpu []time.Duration
	peak      int64
	bytes     int
}

func (s *series) add(a answer) {
	s.wall, s.cpu = append(s.wall, a.Wall), append(s.cpu, a.CPU)
	s.peak, s.bytes = max(s.peak, a.Peak), a.Bytes
}

// A row is one job on both sides.
type row struct {
	job      job
	us, them series
	// verdict is nil where there is nothing to compare.
	verdict *verdict
	// failure is why there is no result of ours.
	failure string
}

// race runs one job on both sides, which take turns, after one run each that
// is not measured. Its processes have done nothing before.
func (b *bench) race(ctx context.Context, j job) (r row, err error) {
	r.job = j
	us, them, stop, err := b.pair(ctx, 1)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	ours, theirs := filepath.Join(b.dir, "us"), filepath.Join(b.dir, "them")
	o := order{Tasks: []task{{j, b.files[j.Source].path}}, Count: 1, Workers: 1}
	first := o
	first.Save = ours
	if _, err := us.do(first); err != nil {
		r.failure = err.Error()
		return r, nil
	}
	if them != nil {
		first.Save = theirs
		if _, err := them.do(first); err != nil {
			return r, err
		}
	}
	if err := alternate(us, them, o, b.runs, &r.us, &r.them); err != nil || them == nil {
		return r, err
	}
	r.verdict, err = b.compare(ctx, ours, theirs)
	return r, err
}

// alternate lets both sides carry out an order runs times, in turns; who goes
// first changes, too.
func alternate(us, them side, o order, runs int, ours, theirs *series) error {
	turns := []struct {
		side
		*series
	}{{us, ours}, {them, theirs}}
	for range runs {
		for _, t := range turns {
			if t.side == nil {
				continue
			}
			a, err := t.do(o)
			if err != nil {
				return err
			}
			t.add(a)
		}
		turns[0], turns[1] = turns[1], turns[0]
	}
	return nil
}

// pair starts a process of either side; stop ends both.
func (b *bench) pair(ctx context.Context, workers int) (us, them side, stop func() error, err error) {
	if us, err = b.us.start(ctx, workers); err != nil {
		return nil, nil, nil, err
	}
	if b.them == nil {
		return us, nil, us.close, nil
	}
	if them, err = b.them.start(ctx, workers); err != nil {
		return nil, nil, nil, errors.Join(err, us.close())
	}
	return us, them, func() error { return errors.Join(us.close(), them.close()) }, nil
}

// compare holds two files against each other, in a process of its own so that
// it does not count as memory of a side.
func (b *bench) compare(ctx context.Context, ours, theirs string) (*verdict, error) {
	judge, err := b.them.start(ctx, 1)
	if err != nil {
		return nil, err
	}
	a, err := judge.do(order{Compare: []string{ours, theirs}})
	if err := cmp.Or(err, judge.close()); err != nil {
		return nil, err
	}
	if len(a.Sizes) != 2 {
		return nil, errors.New("the comparison names no two sizes")
	}
	return &verdict{us: a.Sizes[0], them: a.Sizes[1], psnr: psnr(a.MSE)}, errors.Join(os.Remove(ours), os.Remove(theirs))
}

// versions asks both sides what they are.
func (b *bench) versions(ctx context.Context) (versions []string, err error) {
	us, them, stop, err := b.pair(ctx, 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	for _, s := range []side{us, them} {
		if s == nil {
			continue
		}
		a, err := s.do(order{})
		if err != nil {
			return nil, err
		}
		versions = append(versions, a.Version)
	}
	return versions, nil
}
