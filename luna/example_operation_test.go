package luna_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"log"

	"github.com/disintegration/imaging"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
	"github.com/immagin/immagin-go/luna/png"
)

// An edit of one's own, by any package that works on image.Image:
// {"x-saturate": {"percent": 40}}.
func ExampleOperation() {
	saturate := luna.Operation{
		Revision: "imaging 1.6.2",
		New: func(parameters json.RawMessage) (op.Op, error) {
			var p struct{ Percent float64 }
			if err := json.Unmarshal(parameters, &p); err != nil {
				return nil, err
			}
			if p.Percent < -100 || p.Percent > 100 {
				return nil, errors.New("percent must be -100 to 100")
			}
			return &op.Func{
				Label: fmt.Sprintf("saturate by %g %%", p.Percent),
				Apply: func(m image.Image) (image.Image, error) {
					return imaging.AdjustSaturation(m, p.Percent), nil
				},
				Opaque: true,
			}, nil
		},
	}
	engine, err := luna.New([]codec.Codec{png.Codec{}}, &luna.Options{
		Operations: map[string]luna.Operation{"x-saturate": saturate},
	})
	if err != nil {
		log.Fatal(err)
	}
	try := func(name, parameters string) {
		edits := []edit.Edit{edit.Resize{Width: 100}, edit.Custom{Operation: name, Parameters: json.RawMessage(parameters)}}
		var out bytes.Buffer
		result, err := engine.Transform(context.Background(), &out, bytes.NewReader(sunset()), edits, &edit.Output{Format: edit.FormatPNG})
		if err != nil {
			fmt.Println(luna.StatusCode(err), err)
			return
		}
		fmt.Println(result.Plan.Ops)
	}
	try("x-saturate", `{"percent": 40}`)
	try("x-saturate", `{"percent": 400}`)
	try("x-swirl", `null`)
	// Output:
	// [resize 100x75 saturate by 40 %]
	// 400 luna: plan: edit "x-saturate": option out of range: percent must be -100 to 100
	// 422 luna: plan: edit "x-swirl" is not supported by this engine
}
