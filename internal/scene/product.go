package scene

import (
	"context"
	"image"
	"math"
)

// Product draws a mug of two glazes on a near-white ground with a soft shadow,
// as shops show their goods. Around it the ground is of one colour, but for
// noise of a level or two, so that a trim finds the mug and its shadow. The
// same size always gives the same picture.
func Product(width, height int) *image.NRGBA {
	m, _ := DrawProduct(context.Background(), width, height)
	return m
}

// DrawProduct is [Product], and stops soon when ctx is done.
func DrawProduct(ctx context.Context, width, height int) (*image.NRGBA, error) {
	p := product{camera: lookAt(vec{-0.55, 2.35, 6.4}, vec{0.16, -0.05, 0}, 0.62), width: width, height: height}
	return paint(ctx, width, height, p.drawRow)
}

type product struct {
	camera
	width, height int
}

const (
	glaze = iota
	coffee
)

const mugBottom, mugTop = -1.05, 1.05

// mugRadius narrows towards the foot.
func mugRadius(y float64) float64 { return 0.93 - 0.10*step(-0.35, mugBottom, y) }

func mug(p vec) (float64, int) {
	d := cylinder(p, mugRadius(p.y), mugBottom, mugTop, 0.07)
	q := vec{p.x - 0.99, p.y - 0.08, p.z}
	ring := math.Sqrt(q.x*q.x/(0.86*0.86)+q.y*q.y) - 0.50
	handle := math.Sqrt(ring*ring+q.z*q.z*(0.72*0.72)) - 0.105
	d = join(d, handle, 0.12)
	d = cut(d, cylinder(vec{p.x, p.y - 0.55, p.z}, 0.84, -1.38, 1.4, 0.10), 0.045)
	if c := max(math.Sqrt(p.x*p.x+p.z*p.z)-0.86, math.Abs(p.y-0.62)-0.02); c < d {
		return c, coffee
	}
	return d, glaze
}

var (
	keyLight  = vec{-0.62, 0.92, 0.55}.unit()
	fillLight = vec{0.85, 0.45, 0.60}.unit()
)

func (m *product) drawRow(row []uint8, y int) {
	h := float64(m.height)
	for x := range m.width {
		u, v := (float64(x)+0.5-float64(m.width)/2)/h, 0.5-(float64(y)+0.5)/h
		c := m.color(m.ray(u, v))
		grain := 0.006 * (hash(x, y, 41) - 0.5)
		row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = sample(c.r+grain), sample(c.g+grain), sample(c.b+grain), 255
	}
}

var backdrop = rgb{0.970, 0.968, 0.964}

func (m *product) color(ray vec) rgb {
	back := m.floor(ray)
	// What misses a ball around it misses the mug.
	away := vec{0.15, 0, 0}.minus(m.eye)
	middle := away.dot(ray)
	if away.dot(away)-middle*middle > 1.75*1.75 {
		return back
	}
	at, material, covered := march(mug, m.eye, ray, middle-1.8, middle+1.8, m.field/float64(m.height))
	if covered == 0 {
		return back
	}
	p := m.eye.along(ray, at)
	return back.mix(shine(p, ray, material), covered)
}

// floor is the ground, which has no end: all light but the shadow is alike.
func (m *product) floor(ray vec) rgb {
	if ray.y > -0.01 {
		return backdrop
	}
	p := m.eye.along(ray, (mugBottom-m.eye.y)/ray.y)
	d := math.Hypot(p.x-0.25, p.z+0.1)
	if d > 3.6 {
		return backdrop
	}
	p.y += 0.002
	cast := 1 - shadow(mug, p, keyLight, 5, 2.6)
	contact := 1 - open(mug, p, vec{0, 1, 0}, 0.55)
	fade := step(3.6, 1.6, d)
	dark := fade * clamp(0.24*cast+0.30*contact*contact+0.22*contact)
	return backdrop.mix(rgb{0.16, 0.15, 0.17}, dark)
}

// shine lights the surface of the mug.
func shine(p, ray vec, material int) rgb {
	n := normal(mug, p)
	base, gloss := mugColor(p, material)
	key := max(n.dot(keyLight), 0)
	if key > 0 {
		key *= shadow(mug, p.along(n, 0.004), keyLight, 4, 5)
	}
	fill := 0.5 + 0.5*n.dot(fillLight)
	shut := open(mug, p, n, 0.5)
	bounce := clamp(0.5 - 0.5*n.y)
	light := 0.92*key + (0.34*fill+0.30*bounce+0.16)*shut
	c := base.times(light)
	facing := clamp(-ray.dot(n))
	fresnel := 0.04 + 0.96*math.Pow(1-facing, 5)
	return c.plus(studio(ray.mirrored(n)).times(gloss * shut * (0.10 + 0.9*fresnel)))
}

// studio is what the glaze mirrors: two soft boxes, a bright ground, and the
// dark of the room.
func studio(d vec) rgb {
	c := rgb{0.10, 0.11, 0.13}.mix(backdrop, step(0.12, -0.25, d.y))
	box := func(at vec, width, height float64) float64 {
		at = at.unit()
		side := at.cross(vec{0, 1, 0}).unit()
		up := side.cross(at)
		f := d.dot(at)
		if f <= 0 {
			return 0
		}
		return step(width, width*0.86, math.Abs(d.dot(side)/f)) * step(height, height*0.9, math.Abs(d.dot(up)/f))
	}
	c = c.plus(rgb{1, 0.985, 0.95}.times(3.4 * box(vec{-0.95, 0.30, 0.85}, 0.20, 0.50)))
	return c.plus(rgb{0.92, 0.96, 1}.times(1.5 * box(vec{1, 0.35, 0.35}, 0.16, 0.8)))
}

// mugColor is raw clay below and a glaze above that has run down a little.
func mugColor(p vec, material int) (c rgb, gloss float64) {
	if material == coffee {
		rim := step(0.66, 0.84, math.Hypot(p.x, p.z))
		return rgb{0.115, 0.058, 0.030}.mix(rgb{0.36, 0.21, 0.11}, rim), 0.55
	}
	turn := math.Atan2(p.z, p.x)
	inside := math.Hypot(p.x, p.z) < 0.845 && p.y > -0.8
	speck := noise(30*turn+90, 32*p.y+40, 50)
	fine := noise(85*turn, 92*p.y, 51)
	if inside {
		c = rgb{0.74, 0.71, 0.65} // darker than the ground, which is to be the brightest
		return c.mix(rgb{0.45, 0.36, 0.27}, 0.7*step(0.80, 0.88, speck)), 0.8
	}
	edge := -0.36 + 0.10*(fractal(2.1*turn+9, 0.5, 3, 52)-0.5) + 0.05*math.Sin(3*turn+0.6)
	clay := rgb{0.71, 0.55, 0.42}.times(0.90 + 0.20*fine)
	clay = clay.mix(rgb{0.33, 0.22, 0.15}, 0.75*step(0.74, 0.84, speck))
	tone := fractal(2.2*p.x+4, 2.2*p.y+1.7*p.z, 4, 53)
	sea := rgb{0.035, 0.235, 0.275}.mix(rgb{0.075, 0.365, 0.385}, tone)
	sea = sea.mix(rgb{0.55, 0.62, 0.52}, 0.55*step(0.86, 0.93, speck))
	sea = sea.mix(rgb{0.46, 0.33, 0.20}, 0.85*step(0.92, 1.06, p.y)) // thin at the rim
	thick := step(0, 0.14, p.y-edge)
	sea = sea.times(0.72 + 0.28*thick)
	glazed := max(step(-0.008, 0.008, p.y-edge), step(0.98, 0.99, math.Hypot(p.x, p.z))) // the handle is
	return clay.mix(sea, glazed), mix(0.06, 1, glazed)
}
