package edit_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/immagin/immagin-go/immagin/edit"
)

func Example() {
	r := &edit.Request{
		Key: "hero.jpg",
		Edits: []edit.Edit{
			edit.Resize{Width: 1200, Height: 630},
			edit.Text{Text: "© Acme Inc", Opacity: new(0.8)},
		},
		Output: &edit.Output{Format: edit.FormatJPEG, Quality: 85},
	}
	b, err := r.Encode()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(b))
	// Output: {"key":"hero.jpg","edits":[{"resize":{"width":1200,"height":630}},{"text":{"text":"© Acme Inc","opacity":0.8}}],"output":{"format":"jpeg","quality":85}}
}

// One of each edit, as it stands in a payload. Fields that are left out have
// their defaults; new makes the pointer where zero itself means something.
func ExampleEdit() {
	for _, e := range []edit.Edit{
		edit.AutoOrient(false),
		edit.Resize{Width: 800, Height: 600, Fit: edit.FitContain, Background: "white", Upscale: new(true)},
		edit.Crop{Left: 100, Top: 50, Width: 400, Height: 300},
		edit.Trim{Threshold: new(15.)},
		edit.Extend{Top: new(20), Bottom: new(20), Background: "#ff0000"},
		edit.Rotate{Angle: 45},
		edit.Flip(true),
		edit.Flop(true),
		edit.Blur(2.5),
		edit.Sharpen(1),
		edit.Grayscale(true),
		edit.Modulate{Brightness: new(1.2), Hue: new(90)},
		edit.Tint{R: 255, G: 200, B: 0},
		edit.Invert(true),
		edit.Normalize{},
		edit.Contrast(20),
		edit.Gamma(1.1),
		edit.Sigmoid{Midpoint: 0.5, Factor: 3},
		edit.Flatten{Background: "white"},
		edit.Text{Text: "© Acme Inc", FontSize: new(32.)},
		edit.Image{Key: "logo.png", Width: 120, Opacity: new(0.5)},
		edit.Custom{Operation: "x-vignette", Parameters: []byte(`{"strength":0.3}`)},
	} {
		request := edit.Request{Key: "hero.jpg", Edits: []edit.Edit{e}}
		payload, err := request.Encode()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(strings.TrimSuffix(strings.TrimPrefix(string(payload), `{"key":"hero.jpg","edits":[`), "]}"))
	}
	// Output:
	// {"autoOrient":false}
	// {"resize":{"width":800,"height":600,"fit":"contain","background":"white","upscale":true}}
	// {"crop":{"left":100,"top":50,"width":400,"height":300}}
	// {"trim":{"threshold":15}}
	// {"extend":{"top":20,"bottom":20,"background":"#ff0000"}}
	// {"rotate":{"angle":45}}
	// {"flip":true}
	// {"flop":true}
	// {"blur":2.5}
	// {"sharpen":1}
	// {"grayscale":true}
	// {"modulate":{"brightness":1.2,"hue":90}}
	// {"tint":{"r":255,"g":200,"b":0}}
	// {"invert":true}
	// {"normalize":true}
	// {"contrast":20}
	// {"gamma":1.1}
	// {"sigmoid":{"midpoint":0.5,"factor":3}}
	// {"flatten":{"background":"white"}}
	// {"text":{"text":"© Acme Inc","fontSize":32}}
	// {"image":{"key":"logo.png","width":120,"opacity":0.5}}
	// {"x-vignette":{"strength":0.3}}
}

func ExampleRequest_Payload() {
	r := &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 800, Height: 600}}}
	payload, err := r.Payload()
	fmt.Println(payload, err)
	// Output: eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19 <nil>
}

func ExampleDecode() {
	r, err := edit.Decode("eyJrZXkiOiJoZXJvLmpwZyIsImVkaXRzIjpbeyJyZXNpemUiOnsid2lkdGgiOjgwMCwiaGVpZ2h0Ijo2MDB9fV19", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s %+v\n", r.Key, r.Edits[0].Name(), r.Edits[0].(edit.Resize).Width)
	// Output: hero.jpg resize 800
}

// All faults are reported at once, each with its path.
func ExampleParse() {
	_, err := edit.Parse([]byte(`{"key":"../hero.jpg","edits":[{"flip":true},{"resize":{"width":0}}]}`), nil)
	var e *edit.Error
	if errors.As(err, &e) {
		for _, f := range e.Faults {
			fmt.Println(f)
		}
	}
	// Output:
	// key: must have no segment ".."
	// edits[1].resize.width: must be a whole number from 1 to 16383, not 0
}

func ExampleRequest_Validate() {
	r := &edit.Request{Key: "hero.jpg", Edits: []edit.Edit{edit.Resize{Width: 5000}}}
	fmt.Println(r.Validate(nil))
	fmt.Println(r.Validate(&edit.Limits{MaxSide: 4000}))
	// Output:
	// <nil>
	// invalid request: edits[0].resize.width: must be a whole number from 1 to 4000, not 5000
}

func ExampleRequest_Encode() {
	r := &edit.Request{Key: "a&b.jpg", Edits: []edit.Edit{edit.Rotate{Angle: 1e-7}}}
	b, err := r.Encode()
	fmt.Println(string(b), err)
	// Output: {"key":"a&b.jpg","edits":[{"rotate":{"angle":1e-7}}]} <nil>
}

func ExampleRequest_Canonical() {
	for _, payload := range []string{
		`{"key":"hero.jpg","edits":[{"rotate":{"angle":-90}},{"blur":0.4}],"exp":1700000000}`,
		`{"key":"hero.jpg","edits":{"rotate":{"angle":270.0,"background":"black"}},"output":{}}`,
	} {
		r, err := edit.Parse([]byte(payload), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		c, err := r.Canonical()
		if err != nil {
			fmt.Println(err)
			return
		}
		b, _ := c.Encode()
		fmt.Println(string(b))
	}
	// Output:
	// {"key":"hero.jpg","edits":[{"rotate":{"angle":270,"background":"#000000ff"}}],"output":{"format":"webp","quality":90,"lossless":false}}
	// {"key":"hero.jpg","edits":[{"rotate":{"angle":270,"background":"#000000ff"}}],"output":{"format":"webp","quality":90,"lossless":false}}
}

func ExampleCanonical() {
	edits, output, err := edit.Canonical([]edit.Edit{edit.Flip(false), edit.Sharpen(1)}, nil, nil)
	fmt.Println(edits, output.Format, output.Quality, err)
	// Output: [1] webp 90 <nil>
}

func ExampleRequest_Resolve() {
	r := &edit.Request{
		Key:    "hero.jpg",
		Edits:  []edit.Edit{edit.Resize{Width: 400}},
		Ladder: &edit.Ladder{Widths: []int{400, 800}, Densities: []float64{1.5, 2}},
	}
	rung, err := r.Resolve(800, 1.5, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := rung.Encode()
	fmt.Println(string(b))
	_, err = r.Resolve(1000, 0, "")
	fmt.Println(err)
	// Output:
	// {"key":"hero.jpg","edits":[{"resize":{"width":1200}}]}
	// invalid request: ladder.widths: must have the chosen width 1000
}

func ExampleRequest_ResolveQuery() {
	r := &edit.Request{
		Key:    "hero.jpg",
		Edits:  []edit.Edit{edit.Resize{Width: 400}},
		Ladder: &edit.Ladder{Widths: []int{400, 800}, Formats: []edit.Format{edit.FormatAVIF}},
	}
	query := r.Ladder.Query(800, 0, edit.FormatAVIF)
	fmt.Println(query)
	rung, err := r.ResolveQuery(query)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, _ := rung.Encode()
	fmt.Println(string(b))
	// Output:
	// w=800&fm=avif
	// {"key":"hero.jpg","edits":[{"resize":{"width":800}}],"output":{"format":"avif"}}
}

func ExampleParseColor() {
	c, err := edit.ParseColor("hsl(32 100% 50% / 50%)")
	if err != nil {
		fmt.Println(err)
		return
	}
	r, g, b, a, _ := c.RGBA()
	fmt.Println(r, g, b, a)
	// Output: 255 136 0 128
}

func ExampleRGB() {
	brand := edit.RGB(0, 102, 204)
	request := &edit.Request{
		Key:   "logo.png",
		Edits: []edit.Edit{edit.Flatten{Background: brand}},
	}
	payload, err := request.Encode()
	fmt.Println(brand, string(payload), err)
	// Output: #0066cc {"key":"logo.png","edits":[{"flatten":{"background":"#0066cc"}}]} <nil>
}

func ExampleRGBA() {
	fmt.Println(edit.RGB(255, 136, 0), edit.RGBA(255, 136, 0, 0.5))
	// Output: #ff8800 {"r":255,"g":136,"b":0,"alpha":0.5}
}

func ExampleValidateKey() {
	fmt.Println(edit.ValidateKey("gallery/Köln 1.jpg"))
	fmt.Println(edit.ValidateKey("gallery//1.jpg"))
	// Output:
	// <nil>
	// must have no empty segment
}

func ExampleText_WithDefaults() {
	e := edit.Text{Text: "Hello", Position: edit.PositionTopLeft}.WithDefaults()
	fmt.Println(*e.FontSize, e.Color, *e.Padding, e.Align)
	// Output: 24 #ffffff 16 left
}
