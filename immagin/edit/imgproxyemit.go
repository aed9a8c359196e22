package edit

// emit makes edits of what the options have set, in the order of imgproxy's
// pipeline.
func (p *imgproxy) emit() {
	p.encoding()
	add := func(thing string, e Edit) {
		s := p.said[thing]
		p.add(s.option, s.value, e)
	}
	if p.trim != nil {
		p.request.Edits = append(p.request.Edits, *p.trim)
	}
	// Sizes and gravities are those of the turned picture.
	if p.rotate != 0 {
		add("rotate", Rotate{Angle: p.rotate})
	}
	if p.flop {
		p.request.Edits = append(p.request.Edits, Flop(true))
	}
	if p.flip {
		p.request.Edits = append(p.request.Edits, Flip(true))
	}
	p.cropping()

	// What is added around the picture is the background's colour where there
	// is one to come under all of it, else transparent.
	under := p.background
	if under == "" && p.output.Format == FormatJPEG {
		under = white
	}
	around := under
	if around == "" {
		around = "transparent"
	}
	p.sizing(around)
	if p.blur >= 0.3 { // below, libvips' mask is one sample wide
		add("blur", Blur(p.blur))
	}
	if p.sharpen > 0 {
		s := p.said["sharpen"]
		if e := Sharpen(p.sharpen); p.valid(s.option, s.value, e) {
			p.request.Edits = append(p.request.Edits, e)
			p.near(s.option, s.value, "the mask is the same, but flat areas are sharpened here as well, as sharp does and libvips' defaults do not")
		}
	}
	p.pads(around)
	if under != "" && !(p.opaque() && p.background == "") {
		p.request.Edits = append(p.request.Edits, Flatten{Background: under})
	}
	p.orient(p.upright, true)
}

// encoding settles format and quality.
func (p *imgproxy) encoding() {
	if p.extension != "" {
		f, ok := formatWord(p.extension)
		if !ok {
			s := p.said["format"]
			p.refuse(s.option, s.value, "is no format that is written here")
		}
		p.output.Format = f
	}
	f := p.format()
	if p.output.Quality == 0 {
		p.output.Quality = p.byFormat[string(f)]
	}
	if f == FormatPNG || f == FormatGIF { // have no quality there
		p.output.Quality = 0
	}
	_, jpeg := p.said["progressive j"]
	_, png := p.said["progressive p"]
	if jpeg && f == FormatJPEG || png && f == FormatPNG {
		p.output.Progressive = new(true)
	}
}

func (p *imgproxy) cropping() {
	if p.crop == nil {
		return
	}
	s := p.said["crop"]
	var size [2]int
	for n := range size {
		if n >= len(p.crop) || p.crop[n] == "" {
			continue
		}
		v, ok := decimal(p.crop[n])
		switch {
		case !ok || v < 0 || v > maxCrop:
			p.refuse(s.option, s.value, "%s must be a number of pixels", quote(p.crop[n]))
			return
		case v > 0 && v < 1:
			p.refuse(s.option, s.value, "a part of the original's size is not known before it is read")
			return
		}
		size[n] = int(v)
	}
	if size == [2]int{} {
		return
	}
	if size[0] == 0 || size[1] == 0 {
		p.refuse(s.option, s.value, "a whole side of the original is not known before it is read: give both")
		return
	}
	at := p.cropAt
	if at == "" {
		at = p.gravity
	}
	if at == PositionTopLeft {
		p.add(s.option, s.value, Crop{Width: size[0], Height: size[1]})
		return
	}
	// A cover that may not shrink cuts only.
	e := Resize{Width: size[0], Height: size[1], Position: at, Downscale: new(false)}
	if at == PositionCenter {
		e.Position = ""
	}
	if p.valid(s.option, s.value, e) {
		p.request.Edits = append(p.request.Edits, e)
		p.smaller(s.option, s.value, "it is left as it is", "it grows")
	}
}

func (p *imgproxy) sizing(around Color) {
	s := p.said["size"]
	dpr := p.dpr
	if dpr == 0 {
		dpr = 1
	}
	if p.width == 0 && p.height == 0 {
		if dpr != 1 && (dpr < 1 || p.enlarge) {
			d := p.said["dpr"]
			p.refuse(d.option, d.value, "scales the original, whose size is not known before it is read")
		}
		return
	}
	e := Resize{Width: scaled(p.width, dpr), Height: scaled(p.height, dpr)}
	if p.enlarge {
		e.Upscale = new(true)
	}
	both := p.width > 0 && p.height > 0
	kind, k := p.kind, p.said["kind"]
	if kind == "auto" && both {
		p.refuse(k.option, k.value, "auto chooses between fit and fill by the original's proportion")
		return
	}
	switch {
	case kind == "force":
		e.Fit = FitFill
		if p.width == 0 {
			p.refuse(s.option, s.value, "force with a height alone keeps the original's width, which is not known before it is read")
			return
		}
		if p.height == 0 && dpr != 1 {
			d := p.said["dpr"]
			p.near(d.option, d.value, "scales the side that is left out as well, with force")
		}
		if !p.enlarge {
			p.smaller(k.option, k.value, "the proportion of what is asked for is kept", "each side by itself is at most the original's")
		}
	case p.width == 0:
		w := p.wide(e.Height)
		w.Upscale = e.Upscale
		e = w
	case !both:
	case kind == "fill" || kind == "fill-down":
		if p.gravity != PositionCenter {
			e.Position = p.gravity
		}
		if !p.enlarge {
			if kind == "fill-down" {
				p.smaller(k.option, k.value, "it is cut to the proportion of what is asked for", "each side by itself is at most the original's")
			} else if dpr != 1 {
				d := p.said["dpr"]
				p.smaller(d.option, d.value, "the factor is lowered to what the original allows", "each side by itself is at most the original's")
			}
		}
	default:
		e.Fit = FitInside
	}
	if !p.extend {
		p.add(s.option, s.value, e)
		return
	}
	x := p.said["extend"]
	if !both {
		p.add(s.option, s.value, e)
		p.near(x.option, x.value, "extends to one side, while the other is not known before the original is read")
		return
	}
	if dpr != 1 && !p.enlarge {
		p.smaller(x.option, x.value, "the factor dpr is lowered to what the original allows", "it is not")
	}
	canvas := Resize{Width: e.Width, Height: e.Height, Fit: FitContain, Background: around, Upscale: e.Upscale}
	if p.extendAt == PositionAttention {
		p.refuse(x.option, x.value, "smart is no place to put a picture at")
		return
	}
	if p.extendAt != PositionCenter {
		canvas.Position = p.extendAt
	}
	if e.Fit != FitInside {
		p.add(s.option, s.value, e)
	}
	p.add(x.option, x.value, canvas)
}

func (p *imgproxy) pads(around Color) {
	if p.padding == [4]int{} {
		return
	}
	s := p.said["padding"]
	dpr := p.dpr
	if dpr == 0 {
		dpr = 1
	}
	var side [4]*int
	for n, v := range p.padding {
		if v = scaled(v, dpr); v != 0 {
			side[n] = &v
		}
	}
	if dpr != 1 && !p.enlarge {
		p.smaller(s.option, s.value, "padding follows dpr as far as the original allows", "it follows dpr")
	}
	p.add(s.option, s.value, Extend{Top: side[0], Right: side[1], Bottom: side[2], Left: side[3], Background: around})
}
