package gif

import "io"

// A tape records what is read from r, to be read again.
type tape struct {
	r      io.Reader
	chunks [][]byte
}

const tapeChunk = 64 << 10

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	for q := p[:n]; len(q) > 0; {
		last := len(t.chunks) - 1
		if last < 0 || len(t.chunks[last]) == cap(t.chunks[last]) {
			size := tapeChunk
			if last < 0 {
				size = readBuffer
			}
			t.chunks = append(t.chunks, make([]byte, 0, size))
			last++
		}
		c := t.chunks[last]
		k := min(len(q), cap(c)-len(c))
		t.chunks[last] = append(c, q[:k]...)
		q = q[k:]
	}
	return n, err
}

// rewound returns a reader of what was read, and of the rest of r after it.
// The tape must not be used any more.
func (t *tape) rewound() io.Reader { return &replay{chunks: t.chunks, r: t.r} }

// A replay lets go of what it has handed out.
type replay struct {
	chunks [][]byte
	r      io.Reader
}

func (p *replay) Read(b []byte) (int, error) {
	for len(p.chunks) > 0 {
		n := copy(b, p.chunks[0])
		if p.chunks[0] = p.chunks[0][n:]; len(p.chunks[0]) == 0 {
			p.chunks[0] = nil
			p.chunks = p.chunks[1:]
		}
		if n > 0 || len(b) == 0 {
			return n, nil
		}
	}
	return p.r.Read(b)
}
