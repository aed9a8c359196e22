package color

// A shaper converts RGB by curves and a matrix.
type shaper struct {
	// light[c][v] is what value v of channel c adds to linear red, green and
	// blue, with lightBits and guard bits after the point.
	light [3][256][3]int32
	// curves are those of the profile, for samples of 16 bits, interpolated.
	curves [3][1<<coarse + 2]int32
	matrix [9]int64 // in 65536ths
	offset [3]int64
	code   *coder
}

// guard is how many bits of light are carried beyond lightBits.
const guard = 10

// most bounds what a channel adds: real profiles stay below 3.
const most = 16

func newShaper(e *evaluation) *shaper {
	s := &shaper{code: codes()}
	scaled := e.p.toXYZ
	for i := range scaled {
		scaled[i] = float64(scaled[i] * e.scale[i/3])
	}
	m := e.light.times(&scaled)
	offset := e.light.apply(e.shift)
	for i, v := range m {
		s.matrix[i] = int64(nearest(float64(65536 * bounded(v))))
	}
	for i, v := range offset {
		s.offset[i] = int64(nearest(float64(lightOne * bounded(v))))
	}
	for c := range 3 {
		curve := &e.p.curves[c]
		for v := range 256 {
			y := curve.at(float64(v) / 255)
			for i := range 3 {
				sum := float64(m[3*i+c] * y)
				if c == 0 {
					sum += offset[i]
				}
				s.light[c][v][i] = int32(nearest(float64(bounded(sum) * (1 << (lightBits + guard)))))
			}
		}
		for v := range s.curves[c] {
			s.curves[c][v] = int32(nearest(float64(lightOne * curve.at(float64(v)/(1<<coarse)))))
		}
	}
	return s
}

// bounded brings a coefficient of a hostile profile to where sums cannot
// overflow.
func bounded(v float64) float64 {
	if v != v {
		return 0
	}
	return min(max(v, -most), most)
}

// nearest rounds half away from 0.
func nearest(v float64) float64 {
	if v < 0 {
		return float64(int64(v - 0.5))
	}
	return float64(int64(v + 0.5))
}

func (s *shaper) narrow(rows [4][]uint8) {
	red, green, blue := rows[0], rows[1], rows[2]
	green, blue = green[:len(red)], blue[:len(red)]
	code := &s.code.narrow
	for x := range red {
		r, g, b := &s.light[0][red[x]], &s.light[1][green[x]], &s.light[2][blue[x]]
		red[x] = code[step(r[0]+g[0]+b[0])]
		green[x] = code[step(r[1]+g[1]+b[1])]
		blue[x] = code[step(r[2]+g[2]+b[2])]
	}
}

// step returns where a sum of light is in coder.narrow.
func step(light int32) int {
	return int(min(max((light+1<<(guard-1))>>guard, 0), 1<<lightBits))
}

func (s *shaper) wide(rows [4][]uint16) {
	for x := range rows[0] {
		var light [3]int64
		for c := range light {
			v := uint32(rows[c][x])
			v += v >> 15 // of 65536
			const bits = 16 - coarse
			i, rest := v>>bits, int32(v&(1<<bits-1))
			low, high := s.curves[c][i], s.curves[c][i+1]
			light[c] = int64(low + (high-low)*rest>>bits)
		}
		for i := range light {
			sum := s.matrix[3*i]*light[0] + s.matrix[3*i+1]*light[1] + s.matrix[3*i+2]*light[2]
			rows[i][x] = s.code.code16(sum>>16 + s.offset[i])
		}
	}
}
