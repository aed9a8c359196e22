package color

import "encoding/binary"

// A lut is a lut8Type, lut16Type or lutAToBType: steps, any of which may be
// missing, from the samples of a device to the connection space.
type lut struct {
	before *matrix // of three channels
	a      []curve
	grid   [4]int // points of each channel of clut
	clut   []uint16
	m      []curve
	matrix *matrix
	offset [3]float64
	b      []curve
	// legacy says that CIELAB is encoded as in version 2, where 100 is 0xff00.
	legacy bool
	in     int
	lab    bool
}

// parseLUT reads a table from a device of that space.
func parseLUT(b []byte, space Space, lab bool) (*lut, error) {
	if len(b) < 32 {
		return nil, malformed("a table of %d bytes", len(b))
	}
	l := &lut{in: int(b[8]), lab: lab}
	if l.in != space.channels() || b[9] != 3 {
		return nil, malformed("a table from %d to %d channels", b[8], b[9])
	}
	switch kind := string(b[:4]); kind {
	case "mft1", "mft2":
		return l, l.parseFixed(b, kind == "mft2")
	case "mAB ":
		return l, l.parseAToB(b)
	default:
		return nil, malformed("a table of type %q", kind)
	}
}

// parseFixed reads a lut8Type or a lut16Type (ICC.1:2022, 10.10 and 10.11).
func (l *lut) parseFixed(b []byte, wide bool) error {
	points := int(b[10])
	head, size, in, out := 48, 1, 256, 256
	read := widened
	if wide {
		if len(b) < 52 {
			return malformed("a table of %d bytes", len(b))
		}
		head, size, read = 52, 2, words
		in, out = int(binary.BigEndian.Uint16(b[48:])), int(binary.BigEndian.Uint16(b[50:]))
		l.legacy = l.lab
	}
	nodes := int64(3)
	for i := range l.in {
		l.grid[i] = points
		nodes *= int64(points)
	}
	if points < 2 || in < 2 || out < 2 || in > 4096 || out > 4096 ||
		int64(head)+int64(size)*(int64(in*l.in)+nodes+int64(3*out)) > int64(len(b)) {
		return malformed("a table of %d points and %d bytes", points, len(b))
	}
	if l.in == 3 {
		m := new(matrix)
		for i := range m {
			m[i] = fixed(b[12+4*i:])
		}
		if *m != (matrix{1, 0, 0, 0, 1, 0, 0, 0, 1}) {
			l.before = m
		}
	}
	rest := b[head:]
	tables := func(count, entries int) []curve {
		curves := make([]curve, count)
		for i := range curves {
			curves[i].table = read(rest, entries)
			rest = rest[size*entries:]
		}
		return curves
	}
	l.a = tables(l.in, in)
	l.clut = read(rest, int(nodes))
	rest = rest[size*int(nodes):]
	l.b = tables(3, out)
	return nil
}

// parseAToB reads a lutAToBType (ICC.1:2022, 10.12).
func (l *lut) parseAToB(b []byte) error {
	at := func(i int) []byte { // the i-th part, or nil
		offset := binary.BigEndian.Uint32(b[12+4*i:])
		if offset == 0 || int64(offset) > int64(len(b)) {
			return nil
		}
		return b[offset:]
	}
	var err error
	if l.b, err = parseCurves(at(0), 3); err != nil {
		return err
	}
	if m := at(1); m != nil {
		if len(m) < 48 {
			return malformed("a matrix of %d bytes", len(m))
		}
		l.matrix = new(matrix)
		for i := range l.matrix {
			l.matrix[i] = fixed(m[4*i:])
		}
		for i := range l.offset {
			l.offset[i] = fixed(m[36+4*i:])
		}
	}
	if m := at(2); m != nil {
		if l.m, err = parseCurves(m, 3); err != nil {
			return err
		}
	}
	if a := at(4); a != nil {
		if l.a, err = parseCurves(a, l.in); err != nil {
			return err
		}
	}
	if clut := at(3); clut != nil {
		return l.parseCLUT(clut)
	}
	if l.in != 3 {
		return malformed("a table of %d channels without its grid", l.in)
	}
	return nil
}

func (l *lut) parseCLUT(b []byte) error {
	if len(b) < 20 {
		return malformed("a grid of %d bytes", len(b))
	}
	nodes := int64(3)
	for i := range l.in {
		if l.grid[i] = int(b[i]); l.grid[i] < 2 {
			return malformed("a grid of %d points", b[i])
		}
		nodes *= int64(b[i])
	}
	size := int64(b[16])
	if size != 1 && size != 2 || 20+size*nodes > int64(len(b)) {
		return malformed("a grid of %d numbers of %d bytes in %d", nodes, size, len(b))
	}
	if size == 1 {
		l.clut = widened(b[20:], int(nodes))
	} else {
		l.clut = words(b[20:], int(nodes))
	}
	return nil
}

// parseCurves reads n curves, each of which begins at a multiple of 4 bytes.
func parseCurves(b []byte, n int) ([]curve, error) {
	curves := make([]curve, n)
	for i := range curves {
		c, size, err := parseCurve(b)
		if err != nil {
			return nil, err
		}
		curves[i], b = c, b[min((size+3)&^3, len(b)):]
	}
	return curves, nil
}

// xyz returns the XYZ under D50, Y of white being 1, of samples of 0 to 1.
func (l *lut) xyz(v [4]float64) [3]float64 {
	if l.before != nil {
		w := l.before.apply([3]float64(v[:3]))
		copy(v[:], w[:])
	}
	for i := range l.a {
		v[i] = l.a[i].at(v[i])
	}
	w := [3]float64(v[:3])
	if l.clut != nil {
		w = l.interpolate(v)
	}
	for i := range l.m {
		w[i] = l.m[i].at(w[i])
	}
	if l.matrix != nil {
		w = l.matrix.apply(w)
		for i := range w {
			w[i] += l.offset[i]
		}
	}
	for i := range l.b {
		w[i] = l.b[i].at(w[i])
	}
	switch {
	case !l.lab:
		for i := range w {
			w[i] = float64(w[i] * (1 + 32767./32768))
		}
		return w
	case l.legacy:
		for i := range w {
			w[i] = float64(w[i] * (65535. / 65280))
		}
	}
	return labToXYZ(float64(100*w[0]), float64(255*w[1])-128, float64(255*w[2])-128)
}

// interpolate looks up v in the grid: between the four corners of a
// tetrahedron in the last three channels, and linearly in one that is before
// them, as Little CMS does.
func (l *lut) interpolate(v [4]float64) [3]float64 {
	var base int
	var step [4]int
	var frac [4]float64
	for i, stride := l.in-1, 3; i >= 0; i-- {
		at := float64(clamp(v[i]) * float64(l.grid[i]-1))
		n := min(int(at), l.grid[i]-2)
		frac[i], step[i] = at-float64(n), stride
		base += n * stride
		stride *= l.grid[i]
	}
	switch l.in {
	case 1:
		return l.simplex(base, step[:1], frac[:1])
	case 3:
		return l.simplex(base, step[:3], frac[:3])
	}
	low := l.simplex(base, step[1:], frac[1:])
	high := l.simplex(base+step[0], step[1:], frac[1:])
	for i := range low {
		low[i] += float64((high[i] - low[i]) * frac[0])
	}
	return low
}

// simplex goes from corner to corner, along the channel first whose fraction is
// largest. It sorts its arguments.
func (l *lut) simplex(base int, steps []int, fracs []float64) [3]float64 {
	var step [3]int
	var frac [3]float64
	copy(step[:], steps)
	n := copy(frac[:], fracs)
	for i := 1; i < n; i++ {
		for j := i; j > 0 && frac[j] > frac[j-1]; j-- {
			frac[j], frac[j-1] = frac[j-1], frac[j]
			step[j], step[j-1] = step[j-1], step[j]
		}
	}
	var sum [3]float64
	rest := 1.
	for i := range n + 1 {
		weight := rest
		if i < n {
			weight, rest = rest-frac[i], frac[i]
		}
		for c := range sum {
			sum[c] += float64(weight * float64(l.clut[base+c]))
		}
		if i < n {
			base += step[i]
		}
	}
	for c := range sum {
		sum[c] /= 65535
	}
	return sum
}
