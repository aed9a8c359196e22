package scene

import (
	"context"
	"image"
	"math"
)

// Portrait draws a person in front of the blurred lights of an evening: skin,
// eyes and hair, off the centre, so that a crop by attention shows what it
// does. The same size always gives the same picture.
func Portrait(width, height int) *image.NRGBA {
	m, _ := DrawPortrait(context.Background(), width, height)
	return m
}

// DrawPortrait is [Portrait], and stops soon when ctx is done.
func DrawPortrait(ctx context.Context, width, height int) (*image.NRGBA, error) {
	p := portrait{camera: lookAt(vec{0.30, 0.05, 9}, vec{-0.86, -0.36, 0}, 0.435), width: width, height: height}
	p.light()
	return paint(ctx, width, height, p.drawRow)
}

type portrait struct {
	camera
	width, height int
	lights        []bokeh
}

const (
	skin = iota
	hair
	eye
	brow
	cloth
)

func (m *portrait) drawRow(row []uint8, y int) {
	h := float64(m.height)
	for x := range m.width {
		u, v := (float64(x)+0.5-float64(m.width)/2)/h, 0.5-(float64(y)+0.5)/h
		c := m.color(u, v)
		c = c.times(1 - 0.30*step(0.45, 1.05, math.Hypot(u, v))) // vignette
		grain := 0.022 * (hash(x, y, 61) + hash(x, y, 62) - 1)
		row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = sample(c.r+grain), sample(c.g+grain), sample(c.b+grain), 255
	}
}

func (m *portrait) color(u, v float64) rgb {
	ray := m.ray(u, v)
	away := m.eye.times(-1)
	middle := away.dot(ray)
	p := m.eye.along(ray, middle)
	if p.x < -2.2 || p.x > 2.2 || p.y > 1.6 {
		return m.evening(u, v)
	}
	at, material, covered := march(person, m.eye, ray, middle-1.7, middle+1.7, m.field/float64(m.height))
	if covered == 0 {
		return m.evening(u, v)
	}
	c := lightPerson(m.eye.along(ray, at), ray, material)
	if covered < 1 {
		return m.evening(u, v).mix(c, covered)
	}
	return c
}

// person is a head with what belongs to it, about two units high.
func person(p vec) (float64, int) {
	body, material := torso(p), clothOrSkin(p)
	// Far from the head, a ball around it will do.
	if far := sphere(p, vec{0, -0.1, -0.05}, 1.12); far > 0.35 {
		return min(body, far), material
	}
	side := vec{math.Abs(p.x), p.y, p.z}
	d := join(face(p, side), body, 0.12)
	if p.z > 0.2 && d < 0.3 {
		at := vec{0.285, 0.025, 0.565}
		d = join(d, lids(side.minus(at)), 0.02)
		if ball := sphere(side, at, 0.165); ball < d {
			d, material = ball, eye
		}
		arc := capsule(side, vec{0.14, 0.262, 0.778}, vec{0.30, 0.300, 0.722}, 0.020)
		arc = join(arc, capsule(side, vec{0.30, 0.300, 0.722}, vec{0.46, 0.225, 0.588}, 0.013), 0.03)
		if arc < d {
			d, material = arc, brow
		}
	}
	if h := locks(p); h < d {
		d, material = h, hair
	}
	return d, material
}

// face is what of the head is skin; side is p, mirrored to one half.
func face(p, side vec) float64 {
	head := ellipsoid(p, vec{0, 0.12, -0.05}, vec{0.76, 0.88, 0.82})
	jaw := ellipsoid(p, vec{0, -0.40, 0.14}, vec{0.52, 0.52, 0.55})
	d := join(head, jaw, 0.42)
	if d > 0.45 || p.z < -0.2 {
		return d
	}
	d = join(d, ellipsoid(side, vec{0.34, -0.24, 0.50}, vec{0.22, 0.19, 0.20}), 0.22) // cheeks
	d = join(d, ellipsoid(p, vec{0, -0.74, 0.42}, vec{0.16, 0.13, 0.14}), 0.20)       // chin
	d = cut(d, ellipsoid(side, vec{0.29, 0.02, 0.84}, vec{0.19, 0.13, 0.17}), 0.16)   // sockets
	nose := join(capsule(p, vec{0, 0.06, 0.71}, vec{0, -0.20, 0.855}, 0.058), ellipsoid(p, vec{0, -0.225, 0.84}, vec{0.098, 0.078, 0.10}), 0.09)
	nose = join(nose, ellipsoid(side, vec{0.074, -0.245, 0.775}, vec{0.055, 0.048, 0.062}), 0.05)
	d = join(d, nose, 0.13)
	lips := join(ellipsoid(side, vec{0.06, -0.455, 0.685}, vec{0.13, 0.036, 0.085}), ellipsoid(p, vec{0, -0.515, 0.680}, vec{0.145, 0.048, 0.085}), 0.018)
	return join(d, lips, 0.045)
}

// opening is how far a lid's edges are above and below the middle of the eye.
func opening(x float64) (top, bottom, arch float64) {
	arch = 1 - x*x/(0.155*0.155)
	return 0.008 + 0.062*arch + 0.05*x, 0.012 - 0.058*arch, arch
}

// lids are a shell around the eyeball, whose middle is the origin.
func lids(q vec) float64 {
	top, bottom, _ := opening(q.x)
	shell := q.length() - 0.184
	return max(shell, 0.8*min(top-q.y, q.y-bottom), -q.z)
}

func torso(p vec) float64 {
	d := capsule(p, vec{0, -0.6, -0.12}, vec{0, -1.5, -0.2}, 0.315) // neck
	if p.y > -0.7 {
		return d
	}
	side := vec{math.Abs(p.x), p.y, p.z}
	chest := ellipsoid(p, vec{0, -2.75, -0.25}, vec{1.15, 1.25, 0.62})
	shoulders := capsule(side, vec{0, -1.58, -0.25}, vec{1.02, -1.92, -0.28}, 0.33)
	arms := capsule(side, vec{1.06, -1.95, -0.28}, vec{1.26, -3.4, -0.18}, 0.34)
	d = join(join(join(chest, shoulders, 0.3), arms, 0.12), d, 0.20)
	x, z := p.x, p.z+0.17
	ring, y := math.Sqrt(x*x+z*z)-0.345, (p.y+1.20)*0.55
	d = join(d, math.Sqrt(ring*ring+y*y)-0.075, 0.05) // the collar
	if math.Abs(d) < 0.03 && clothOrSkin(p) == cloth {
		d += 0.005 * knit(p)
	}
	return d
}

// knit is the relief of the sweater.
func knit(p vec) float64 {
	row := p.y*22 + 1.6*math.Abs(math.Mod(math.Abs(p.x)*11, 1)-0.5)
	return 0.5 + 0.5*math.Sin(2*math.Pi*row)
}

func clothOrSkin(p vec) int {
	if p.y < -1.07 {
		return cloth
	}
	return skin
}

// locks is a bob, parted at the side.
func locks(p vec) float64 {
	crown := ellipsoid(p, vec{0, 0.20, -0.14}, vec{0.90, 0.92, 0.90})
	fall := ellipsoid(p, vec{0, -0.42, -0.26}, vec{0.93, 0.83, 0.60})
	d := join(crown, fall, 0.35)
	if d > 0.25 {
		return d - 0.02
	}
	open := ellipsoid(p, vec{0.05, -0.30, 0.78}, vec{0.565, 0.93, 0.80})
	d = cut(d, open, 0.09)
	part := ellipsoid(p, vec{0.20, 0.28, 0.95}, vec{0.38, 0.36, 0.34})
	d = cut(d, part, 0.14)
	d = cut(d, p.y+0.96+0.08*p.x*p.x, 0.06)
	if math.Abs(d) < 0.05 {
		d += 0.009 * strand(p)
	}
	return d
}

// strand is the relief of the hair, whose strands come from the parting.
func strand(p vec) float64 {
	turn := math.Atan2(p.x-0.26, p.z+0.15)
	a := turn*11 + 1.2*p.y
	return math.Sin(a+2.2*noise(turn*5, p.y*1.2, 71)) * (0.55 + 0.45*math.Sin(2.7*a))
}

var (
	lampLight = vec{-0.55, 0.50, 0.72}.unit()
	rimLight  = vec{0.80, 0.35, -0.55}.unit()
)

func lightPerson(p, ray vec, material int) rgb {
	n := normal(person, p)
	base, gloss, soft := personColor(p, n, material)
	facing := n.dot(lampLight)
	lit := clamp((facing + soft) / (1 + soft))
	if lit > 0 {
		cast := shadow(person, p.along(n, 0.012), lampLight, 2.2, 4)
		lit *= 0.16 + 0.84*cast
	}
	seen := open(person, p, n, 0.32)
	sky := 0.5 + 0.5*n.y
	// Light that has been inside the skin comes out red.
	warm := rgb{1, 0.93, 0.84}.times(1.06 * lit)
	if material == skin {
		edge := math.Exp(-math.Pow((facing-0.02)*4.2, 2))
		warm = warm.plus(rgb{0.17, 0.035, 0.015}.times(edge * (0.4 + 0.6*seen)))
	}
	ambient := rgb{0.30, 0.30, 0.36}.mix(rgb{0.36, 0.27, 0.24}, 1-sky).times(0.30 + 0.70*seen)
	back := clamp(n.dot(rimLight)) * math.Pow(clamp(1+ray.dot(n)), 2.2)
	glow := rgb{1, 0.70, 0.42}.times(1.5 * back * seen)
	light := warm.plus(ambient).plus(glow)
	c := rgb{base.r * light.r, base.g * light.g, base.b * light.b}
	half := lampLight.minus(ray).unit()
	shine := math.Pow(clamp(n.dot(half)), mix(14, 90, gloss)) * lit
	switch material {
	case hair, brow:
		// Along the strands the light is a band.
		along := n.dot(half) - 0.05*strand(p)
		c = c.plus(rgb{0.85, 0.52, 0.30}.times(0.20 * math.Pow(clamp(along), 22) * lit))
	case eye:
		if spark := p.minus(vec{math.Copysign(0.285, p.x) - 0.045, 0.075, 0}); math.Hypot(spark.x, spark.y) < 0.030 {
			c = c.mix(rgb{1, 0.99, 0.96}, step(0.030, 0.018, math.Hypot(spark.x, spark.y)))
		}
	default:
		c = c.plus(rgb{1, 0.95, 0.88}.times(gloss * 0.30 * shine))
	}
	return c
}

// personColor is the colour of a point, how glossy it is, and how far light
// wraps around it.
func personColor(p, n vec, material int) (c rgb, gloss, soft float64) {
	switch material {
	case hair:
		tone := 0.5 + 0.5*strand(p)
		fine := noise(60*math.Atan2(p.x-0.26, p.z+0.15), 3*p.y, 72)
		c = rgb{0.145, 0.062, 0.034}.mix(rgb{0.38, 0.185, 0.085}, 0.45*tone+0.35*fine)
		return c, 0.4, 0.1
	case brow:
		return rgb{0.17, 0.085, 0.055}, 0, 0.1
	case cloth:
		fine := noise(95*p.x, 95*p.y, 73)
		c = rgb{0.72, 0.44, 0.10}.mix(rgb{0.83, 0.55, 0.17}, knit(p)).times(0.90 + 0.2*fine)
		return c, 0, 0.12
	case eye:
		return eyeColor(p), 1, 0.25
	}
	c = rgb{0.90, 0.655, 0.52}
	tone := fractal(5*p.x+3, 5*p.y+2, 4, 74)
	c = c.mix(rgb{0.82, 0.53, 0.41}, 0.35*tone)
	x := math.Abs(p.x)
	if p.z > 0 {
		blush := math.Exp(-math.Pow((x-0.40)/0.17, 2) - math.Pow((p.y+0.24)/0.13, 2))
		tip := math.Exp(-math.Pow(x/0.10, 2) - math.Pow((p.y+0.22)/0.09, 2))
		c = c.mix(rgb{0.84, 0.40, 0.33}, 0.42*blush+0.25*tip)
		freckle := step(0.78, 0.86, noise(46*p.x+20, 46*p.y+9, 75)) * math.Exp(-math.Pow((x-0.22)/0.22, 2)-math.Pow((p.y+0.17)/0.10, 2))
		c = c.mix(rgb{0.62, 0.36, 0.24}, 0.55*freckle)
		c = lipColor(c, p, x)
		lid := math.Exp(-math.Pow((x-0.29)/0.15, 2) - math.Pow((p.y-0.10)/0.035, 2))
		c = c.mix(rgb{0.60, 0.34, 0.28}, 0.45*lid)
		// Lashes.
		if top, _, arch := opening(x - 0.285); arch > 0 {
			line := math.Abs(p.y - 0.032 - top)
			c = c.mix(rgb{0.08, 0.045, 0.035}, step(0.020, 0.009, line)*step(0, 0.15, arch))
		}
	}
	return c, 0.35, 0.32
}

// lipColor paints the mouth: a smile, whose corners rise.
func lipColor(c rgb, p vec, x float64) rgb {
	if p.z < 0.4 || x > 0.26 {
		return c
	}
	rise := 0.55 * x * x
	y := p.y + 0.487 - rise
	taper := clamp(1 - math.Pow(x/0.225, 2))
	bow := 0.052*taper - 0.018*math.Exp(-math.Pow(x/0.035, 2))
	upper := step(bow+0.010, bow-0.004, y) * step(-0.004, 0.002, y)
	lower := step(-0.070*taper-0.010, -0.070*taper+0.004, y) * step(0.002, -0.004, y)
	c = c.mix(rgb{0.70, 0.27, 0.26}, 0.80*max(upper, lower)*step(0, 0.05, taper))
	gap := step(0.011, 0.003, math.Abs(y)) * step(0.235, 0.20, x)
	return c.mix(rgb{0.26, 0.07, 0.07}, 0.85*gap)
}

// eyeColor has the eyes look at the viewer.
func eyeColor(p vec) rgb {
	q := vec{p.x - math.Copysign(0.285, p.x), p.y - 0.028, 0}
	q.x -= 0.006
	r := q.length()
	c := rgb{0.90, 0.87, 0.84}.mix(rgb{0.80, 0.60, 0.55}, step(0.09, 0.17, math.Abs(q.x)))
	ray := noise(math.Atan2(q.y, q.x)*7, r*30, 76)
	iris := rgb{0.16, 0.30, 0.26}.mix(rgb{0.42, 0.52, 0.34}, ray).mix(rgb{0.50, 0.36, 0.16}, step(0.055, 0.030, r))
	iris = iris.mix(rgb{0.05, 0.09, 0.09}, step(0.062, 0.080, r))
	c = c.mix(iris, step(0.082, 0.074, r))
	c = c.mix(rgb{0.015, 0.012, 0.012}, step(0.036, 0.029, r))
	return c.times(1 - 0.42*step(0.02, 0.085, p.y-0.028)) // the lid's shadow
}

// A bokeh is a light that is out of focus.
type bokeh struct {
	x, y, r, strength float64
	color             rgb
}

func (m *portrait) light() {
	colors := []rgb{{1, 0.72, 0.38}, {1, 0.84, 0.60}, {0.98, 0.55, 0.30}, {0.52, 0.72, 0.86}, {0.62, 0.80, 0.76}}
	for i := range 46 {
		f := func(k int) float64 { return hash(i, k, 77) }
		m.lights = append(m.lights, bokeh{
			x: mix(-0.85, 0.85, f(0)), y: mix(-0.12, 0.52, math.Pow(f(1), 0.8)), r: mix(0.022, 0.085, f(2)*f(2)),
			strength: mix(0.06, 0.34, f(3)), color: colors[int(f(4)*4.99)],
		})
	}
}

// evening is a street far behind.
func (m *portrait) evening(u, v float64) rgb {
	c := rgb{0.050, 0.095, 0.120}.mix(rgb{0.105, 0.180, 0.205}, step(-0.5, 0.5, v))
	c = c.mix(rgb{0.30, 0.185, 0.130}, 0.75*step(0.22, -0.25, math.Abs(v+0.10))*step(0.9, -0.6, u))
	c = c.times(0.80 + 0.40*fractal(1.6*u+5, 2.2*v+5, 2, 78))
	for _, l := range m.lights {
		d := math.Hypot(u-l.x, v-l.y) / l.r
		if d < 1.12 {
			disc := step(1.08, 0.94, d) * (0.72 + 0.28*step(0.62, 0.98, d))
			c = c.plus(l.color.times(l.strength * disc))
		}
	}
	return c
}
