package vp8l

// prepare makes spans of the costs of lengths.
func (t *tracer) prepare() {
	for k := range t.lengths {
		symbol, bits, _ := prefix(uint32(k + 1))
		t.lengths[k] = t.symbols[literalAt+256+symbol] + float32(bits)
	}
	t.nspans = 0
	for k := range int32(maxLength) {
		if cost := t.lengths[k]; k == 0 || cost != t.spans[t.nspans-1].cost {
			t.spans[t.nspans] = span{cost: cost, from: k}
			t.nspans++
		}
		t.spans[t.nspans-1].to = k + 1
	}
	for i := range t.list {
		t.list[i].next = int16(i + 1)
	}
	t.list[len(t.list)-1].next = -1
	t.head, t.free = -1, 0
}

// offer takes a copy that begins at a pixel for the cheapest path to another,
// if it is.
func (t *tracer) offer(to, at int, cost float32) {
	if cost < t.costs[to] {
		t.costs[to], t.steps[to] = cost, uint16(to-at+1)
	}
}

// settle takes what the intervals offer to pixel i, and with clean drops those
// that are past.
func (t *tracer) settle(i int, clean bool) {
	for k := t.head; k >= 0; {
		v := &t.list[k]
		if int(v.from) > i {
			break
		}
		next := v.next
		if int(v.to) > i {
			t.offer(i, int(v.at), v.cost)
		} else if clean {
			t.pop(k)
		}
		k = next
	}
}

func (t *tracer) link(a, b int16) {
	if a >= 0 {
		t.list[a].next = b
	} else {
		t.head = b
	}
	if b >= 0 {
		t.list[b].previous = a
	}
}

func (t *tracer) pop(k int16) {
	t.link(t.list[k].previous, t.list[k].next)
	t.list[k].next = t.free
	t.free = k
}

// insert puts an interval in its place, which is looked for from near on.
func (t *tracer) insert(near int16, cost float32, at, from, to int) {
	if from >= to {
		return
	}
	if t.free < 0 {
		for i := from; i < to; i++ {
			t.offer(i, at, cost)
		}
		return
	}
	k := t.free
	v := &t.list[k]
	t.free = v.next
	*v = interval{cost: cost, from: int32(from), to: int32(to), at: int32(at)}
	if near < 0 {
		near = t.head
	}
	for near >= 0 && v.from < t.list[near].from {
		near = t.list[near].previous
	}
	for near >= 0 {
		next := t.list[near].next
		if next < 0 || t.list[next].from >= v.from {
			break
		}
		near = next
	}
	if near >= 0 {
		t.link(k, t.list[near].next)
	} else {
		t.link(k, t.head)
	}
	t.link(near, k)
}

// push adds what a copy of up to length pixels from at on reaches at which
// cost.
func (t *tracer) push(cost float32, at, length int) {
	if length < 10 { // not worth an interval
		for k := range length {
			t.offer(at+k, at, cost+t.lengths[k])
		}
		return
	}
	near := t.head
	for i := range t.spans[:t.nspans] {
		s := &t.spans[i]
		if int(s.from) >= length {
			break
		}
		from, to := at+int(s.from), at+min(int(s.to), length)
		sum := cost + s.cost
		for near >= 0 && int(t.list[near].from) < to {
			v := &t.list[near]
			next := v.next
			if from >= int(v.to) {
				near = next
				continue
			}
			if sum >= v.cost {
				after := int(v.to)
				t.insert(near, sum, at, from, int(v.from))
				if from = after; from >= to {
					break
				}
				near = next
				continue
			}
			if from <= int(v.from) {
				if int(v.to) > to {
					v.from = int32(to)
					break
				}
				t.pop(near)
				near = next
				continue
			}
			if to < int(v.to) {
				end := int(v.to)
				v.to = int32(from)
				t.insert(near, v.cost, int(v.at), to, end)
				near = v.next
				break
			}
			v.to = int32(from)
			near = next
		}
		t.insert(near, sum, at, from, to)
	}
}
