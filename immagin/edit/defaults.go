package edit

// WithDefaults returns the edit with every member that was left out set to its
// default. Height stays 0 where the proportions decide.
func (e Resize) WithDefaults() Resize { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default.
func (e Rotate) WithDefaults() Rotate { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default.
func (e Extend) WithDefaults() Extend { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default. Background stays empty where the top-left pixel decides.
func (e Trim) WithDefaults() Trim { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default.
func (e Modulate) WithDefaults() Modulate { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default.
func (e Normalize) WithDefaults() Normalize { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default.
func (e Flatten) WithDefaults() Flatten { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default. Font and MaxWidth stay as they are: the engine has the one, and the
// image the other. Align follows Position.
func (e Text) WithDefaults() Text { fill(&e); return e }

// WithDefaults returns the edit with every member that was left out set to its
// default. Width stays 0 where the picture's own decides.
func (e Image) WithDefaults() Image { fill(&e); return e }

// WithDefaults returns the output with every option that was left out set to
// its default: format webp, quality 90, and where the format has them
// Progressive and Lossless false. Quality stays 0 for png, which no default
// palettises, and for auto, which matches it by eye across formats. Effort
// stays nil where the codec decides.
func (o Output) WithDefaults() Output {
	if o.Format == "" {
		o.Format = FormatWebP
	}
	if o.Quality == 0 && o.Format != FormatPNG && o.Format != FormatAuto {
		o.Quality = 90
	}
	if o.Progressive == nil && o.Format.progressive() {
		o.Progressive = new(false)
	}
	if o.Lossless == nil && o.Format.lossless() {
		o.Lossless = new(false)
	}
	return o
}
