package decoder

import "runtime"

// The stages of a row.
const (
	moding = iota // of modes, which are in a partition of their own
	parsing
	parsingBeside // a row while one above it is being parsed
	reconstruction
	filtering
	stages
)

// A stage is how far a stage has come. Only rows of different partitions are
// parsed at once, each a little behind the one above.
type stage struct {
	begun, done int // rows
	busy        int
}

// Orders of preference: whoever waits for rows finishes what there is, and the
// others do what everything else waits for.
var (
	downstream = [stages]int{filtering, reconstruction, parsing, moding, parsingBeside}
	upstream   = [stages]int{parsing, moding, reconstruction, filtering, parsingBeside}
)

// work does a row of a stage, if there is one that can be done. It is called with
// d.mu held, which it lets go of meanwhile.
func (d *Decoder) work(order [stages]int) bool {
	for _, s := range order {
		if d.ready(s) {
			if s == parsingBeside {
				s = parsing
			}
			d.run(s)
			return true
		}
	}
	return false
}

// ready reports whether the next row of a stage can be done.
func (d *Decoder) ready(s int) bool {
	most := 1
	if s == parsingBeside {
		s, most = parsing, len(d.partitions)
	}
	y := d.stages[s].begun
	if d.stages[s].busy >= most || y == d.rows {
		return false
	}
	switch s {
	case moding:
		return d.err == nil && y < d.stages[filtering].done+len(d.slots)
	case parsing:
		return d.err == nil && y < d.stages[moding].done && y < d.stages[parsing].done+len(d.partitions)
	case reconstruction:
		return y < d.stages[parsing].done && y < d.released+d.bands
	}
	return y < d.stages[reconstruction].done
}

func (d *Decoder) run(s int) {
	g := &d.stages[s]
	y := g.begun
	g.begun++
	g.busy++
	t := &d.slots[y%len(d.slots)]
	t.finished = false
	d.mu.Unlock()
	var err error
	defer func() {
		// A panic belongs to who reads, who has someone to survive it.
		thrown := recover()
		if s == parsing {
			d.reach(y, d.columns)
		}
		d.mu.Lock()
		g.busy--
		switch {
		case thrown != nil:
			d.thrown = thrown
		case err != nil:
			d.err = err
		default:
			t.finished = true
			for g.done < g.begun && (g.done == y || s == parsing && d.slots[g.done%len(d.slots)].finished) {
				g.done++
			}
		}
		d.changed.Broadcast()
	}()
	switch s {
	case moding:
		d.header.parseModes(&d.modes, d.aboveModes, t.row)
		t.ended = d.modes.ended
	case parsing:
		err = d.parse(y, t)
	case reconstruction:
		d.reconstruct(y, t.row, t.coefficients)
	case filtering:
		if d.header.filtered {
			d.filter(y, t.row)
		}
	}
}

// parse reads the tokens of row y.
func (d *Decoder) parse(y int, t *slot) error {
	tokens := &d.partitions[y%len(d.partitions)]
	var left tokenContext
	step := d.columns
	if d.reached != nil {
		step = 16
	}
	for x := 0; x < d.columns; x += step {
		end := min(x+step, d.columns)
		if d.reached != nil && y > 0 {
			for d.reached[y-1].Load() < int32(end) {
				runtime.Gosched()
			}
		}
		d.header.parseTokens(tokens, d.aboveTokens[x:end], &left, t.row[x:end], t.coefficients[x:end])
		d.reach(y, end)
	}
	if t.ended || tokens.ended {
		return ErrTruncated
	}
	return nil
}

// reach tells who parses the row below up to where row y is parsed.
func (d *Decoder) reach(y, column int) {
	if d.reached != nil {
		d.reached[y].Store(int32(column))
	}
}

// start makes the other workers.
func (d *Decoder) start() {
	if d.started {
		return
	}
	d.started = true
	for range d.workers - 1 {
		d.finished.Go(d.help)
	}
}

func (d *Decoder) help() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closed && d.thrown == nil && d.ctx.Err() == nil && d.stages[filtering].done < d.rows &&
		(d.err == nil || d.stages[filtering].done < d.stages[parsing].done) {
		if !d.work(upstream) {
			d.changed.Wait()
		}
	}
}
