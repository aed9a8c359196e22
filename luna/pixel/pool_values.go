package pixel

import "sync"

// Take returns a value that Keep was given for that key, or nil where there is
// none: what a codec would otherwise make anew at every call, such as an encoder
// with its tables and buffers. Keys are compared with ==; one of a type that its
// package does not export is nobody else's.
func (p *Pool) Take(key any) any {
	if p == nil {
		return nil
	}
	return p.values.take(key)
}

// Keep has v lie in the pool until Take asks for one of its key, or for as long
// as buffers do. The caller must not use it afterwards. Size does not count it.
func (p *Pool) Keep(key, v any) {
	if p != nil {
		p.values.keep(key, v)
		p.watched.Do(p.watch)
	}
}

// A shelf holds values by key.
type shelf struct {
	mu   sync.Mutex
	kept map[any]*values
}

type values struct {
	free  []any
	least int // as that of a pile
}

func (s *shelf) take(key any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.kept[key]
	if v == nil || len(v.free) == 0 {
		return nil
	}
	last := len(v.free) - 1
	out := v.free[last]
	v.free[last] = nil
	v.free = v.free[:last]
	v.least = min(v.least, last)
	return out
}

func (s *shelf) keep(key, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.kept[key]
	if v == nil {
		if s.kept == nil {
			s.kept = map[any]*values{}
		}
		v = &values{}
		s.kept[key] = v
	}
	v.free = append(v.free, value)
}

// trim lets go of the values that nobody took since the last trim.
func (s *shelf) trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, v := range s.kept {
		n := copy(v.free, v.free[v.least:])
		clear(v.free[n:])
		v.free = v.free[:n]
		v.least = n
		if n == 0 {
			delete(s.kept, key)
		}
	}
}
