package scene

import "math"

// What is here draws solids that are given by their distance from any point
// (Hart, "Sphere tracing", 1996), and the light on them.

type vec struct{ x, y, z float64 }

func (a vec) plus(b vec) vec             { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) minus(b vec) vec            { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) times(f float64) vec        { return vec{a.x * f, a.y * f, a.z * f} }
func (a vec) over(b vec) vec             { return vec{a.x / b.x, a.y / b.y, a.z / b.z} }
func (a vec) dot(b vec) float64          { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) length() float64            { return math.Sqrt(a.dot(a)) }
func (a vec) unit() vec                  { return a.times(1 / a.length()) }
func (a vec) mirrored(normal vec) vec    { return a.minus(normal.times(2 * a.dot(normal))) }
func (a vec) along(d vec, t float64) vec { return a.plus(d.times(t)) }

func (a vec) cross(b vec) vec {
	return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}

// A solid tells the distance of a point from its surface, negative inside, and
// which material is nearest.
type solid func(p vec) (distance float64, material int)

// A camera looks from eye at target. A field of 1 is as high as it is far.
type camera struct {
	eye, forward, right, up vec
	field                   float64
}

func lookAt(eye, target vec, field float64) camera {
	forward := target.minus(eye).unit()
	right := forward.cross(vec{0, 1, 0}).unit()
	return camera{eye, forward, right, right.cross(forward), field}
}

// ray is the direction of a point of the picture, whose height is from 0.5
// above to -0.5 below the centre.
func (c *camera) ray(x, y float64) vec {
	return c.forward.plus(c.right.times(x * c.field)).plus(c.up.times(y * c.field)).unit()
}

// march follows a ray from near to far to the surface. covered is how much of
// a pixel of that size, at distance 1, the nearest surface covers: below 1
// where the ray just misses it.
func march(s solid, from, ray vec, near, far, pixel float64) (at float64, material int, covered float64) {
	closest, t := math.Inf(1), near
	for range 110 {
		d, m := s(from.along(ray, t))
		if d < 0.0006 {
			return t, m, 1
		}
		if r := d / t; r < closest {
			closest, at, material = r, t, m
		}
		if t += 0.92 * d; t > far {
			break
		}
	}
	return at, material, clamp(1 - closest/pixel)
}

func normal(s solid, p vec) vec {
	const e = 0.0011
	var n vec
	for _, k := range [4]vec{{1, -1, -1}, {-1, -1, 1}, {-1, 1, -1}, {1, 1, 1}} {
		d, _ := s(p.along(k, e))
		n = n.along(k, d)
	}
	return n.unit()
}

// shadow is how much of a light of some size reaches p: 1 is all of it.
func shadow(s solid, p, light vec, far, sharpness float64) float64 {
	lit, t := 1.0, 0.03
	for range 28 {
		d, _ := s(p.along(light, t))
		if lit = min(lit, 0.5+0.5*sharpness*d/t); lit < 0.01 {
			return 0
		}
		if t += min(max(d, 0.02), 0.25); t > far {
			break
		}
	}
	return smooth(clamp(lit))
}

// open is how much of the sky p sees, by what is near it.
func open(s solid, p, n vec, reach float64) float64 {
	closed, weight := 0.0, 1.0
	for i := 1; i <= 5; i++ {
		h := reach * float64(i) / 5
		d, _ := s(p.along(n, h))
		closed += weight * max(h-d, 0)
		weight *= 0.72
	}
	return clamp(1 - 1.1*closed/reach)
}

// Distances.

func sphere(p, at vec, r float64) float64 { return p.minus(at).length() - r }

// ellipsoid is near the truth where that matters, close to the surface.
func ellipsoid(p, at, r vec) float64 {
	q := p.minus(at)
	k0, k1 := q.over(r).length(), q.over(vec{r.x * r.x, r.y * r.y, r.z * r.z}).length()
	if k1 == 0 {
		return -min(r.x, r.y, r.z)
	}
	return k0 * (k0 - 1) / k1
}

func capsule(p, a, b vec, r float64) float64 {
	pa, ba := p.minus(a), b.minus(a)
	h := clamp(pa.dot(ba) / ba.dot(ba))
	return pa.along(ba, -h).length() - r
}

// cylinder stands upright around the origin's axis, its edges rounded.
func cylinder(p vec, r, bottom, top, edge float64) float64 {
	dx := math.Sqrt(p.x*p.x+p.z*p.z) - r + edge
	dy := math.Abs(p.y-(top+bottom)/2) - (top-bottom)/2 + edge
	return min(max(dx, dy), 0) + math.Sqrt(max(dx, 0)*max(dx, 0)+max(dy, 0)*max(dy, 0)) - edge
}

// join is the smaller of two distances, with a fillet of width k.
func join(a, b, k float64) float64 {
	h := max(k-math.Abs(a-b), 0) / k
	return min(a, b) - h*h*k/4
}

// cut takes b out of a, with a fillet of width k.
func cut(a, b, k float64) float64 { return -join(-a, b, k) }
