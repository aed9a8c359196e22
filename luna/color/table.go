package color

import "sync"

// A table converts gray.
type table struct {
	e      *evaluation
	eight  [256]uint8
	once   sync.Once
	values []uint16 // of 16-bit samples
}

func newTable(e *evaluation) *table {
	t := &table{e: e}
	for i := range t.eight {
		t.eight[i] = uint8(float64(255*encode(e.gray(float64(i)/255))) + 0.5)
	}
	return t
}

func (t *table) narrow(rows [4][]uint8) {
	row := rows[0]
	for x, v := range row {
		row[x] = t.eight[v]
	}
}

func (t *table) wide(rows [4][]uint16) {
	t.once.Do(func() {
		c := codes()
		t.values = make([]uint16, 1<<16)
		for i := range t.values {
			t.values[i] = c.code16(int64(float64(lightOne*t.e.gray(float64(i)/65535)) + 0.5))
		}
	})
	row := rows[0]
	for x, v := range row {
		row[x] = t.values[v]
	}
}
