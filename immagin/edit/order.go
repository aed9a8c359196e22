package edit

import (
	"math"
	"slices"
)

// An Order is the order in which edits run.
type Order uint8

const (
	// ListOrder runs edits in the order of the list, but auto-orientation
	// first and layers last. It is the default.
	ListOrder Order = iota
	// SharpOrder runs edits as one pipeline of sharp does (0.35.5,
	// src/pipeline.cc), for lists that were written with its calls in mind:
	//
	//	autoOrient, [flip, flop, rotate], trim, crop, flatten, grayscale,
	//	resize, flip, flop, rotate, crop, extend, blur, modulate, sharpen,
	//	layers, normalize, tint, invert
	//
	// Turns and mirrors come first where a rotate stands before a trim, a crop
	// or a resize that takes note of it. A crop after a resize, or after
	// another crop, is the later one. Of several edits of one kind the last
	// counts; of crops, the last of each place; layers all count, in their
	// order. Edits that sharp does not have come after all others, in list
	// order.
	//
	// On random lists this gives sharp's pixels but for two things. Grayscale
	// takes the colours of its place only; sharp takes those that come later as
	// well, such as a tint's. And a resize stays one step: where sharp turns or
	// mirrors between scaling and cutting, the cut may lie elsewhere.
	SharpOrder
)

// Valid reports whether o is one of the orders.
func (o Order) Valid() bool { return o <= SharpOrder }

// String returns "list" or "sharp".
func (o Order) String() string {
	switch o {
	case ListOrder:
		return "list"
	case SharpOrder:
		return "sharp"
	}
	return "unknown order"
}

// Sort returns edits as they are to be given to an engine: in ListOrder as
// they are. Sorting what it returned changes nothing. It does not look at
// whether the edits are valid, and leaves the slice that it is given alone.
func (o Order) Sort(edits []Edit) []Edit {
	if o != SharpOrder {
		return edits
	}
	places := places(edits)
	type placed struct {
		Edit
		place
	}
	var kept []placed
	for i, e := range edits {
		if last := places[i]; last.once() && slices.Contains(places[i+1:], last) {
			continue
		}
		kept = append(kept, placed{e, places[i]})
	}
	slices.SortStableFunc(kept, func(a, b placed) int { return int(a.place) - int(b.place) })
	sorted := make([]Edit, len(kept))
	for i, e := range kept {
		sorted[i] = e.Edit
	}
	return sorted
}

// A place is one in sharp's pipeline.
type place int

const (
	placeOrient place = iota
	placeFlipBefore
	placeFlopBefore
	placeRotateBefore
	placeTrim
	placeCropBefore
	placeFlatten
	placeGrayscale
	placeResize
	placeFlip
	placeFlop
	placeRotate
	placeCrop
	placeExtend
	placeBlur
	placeModulate
	placeSharpen
	placeLayer
	placeNormalize
	placeTint
	placeInvert
	placeOther
)

// once reports whether the last edit of that place replaces those before it.
func (p place) once() bool { return p != placeLayer && p != placeOther }

// places goes through edits as sharp goes through calls.
func places(edits []Edit) []place {
	var list []place
	pending := false // a rotate that has an effect
	before := false  // turns come first
	resized, cropped, croppedLater := false, false, false
	for _, e := range edits {
		p := placeOther
		switch e := e.(type) {
		case AutoOrient:
			p = placeOrient
		case Rotate:
			p = placeRotate
			pending = math.Mod(e.Angle, 360) != 0
		case Flip:
			p = placeFlip
		case Flop:
			p = placeFlop
		case Trim:
			p = placeTrim
			before = before || pending
		case Crop:
			p = placeCropBefore
			if resized || cropped {
				p, croppedLater = placeCrop, true
			} else {
				cropped = true
			}
			if pending && !resized && !(cropped && croppedLater) {
				before = true
			}
		case Resize:
			p, resized = placeResize, true
			before = before || pending
		case Flatten:
			p = placeFlatten
		case Grayscale:
			p = placeGrayscale
		case Extend:
			p = placeExtend
		case Blur:
			p = placeBlur
		case Modulate:
			p = placeModulate
		case Sharpen:
			p = placeSharpen
		case Text, Image:
			p = placeLayer
		case Normalize:
			p = placeNormalize
		case Tint:
			p = placeTint
		case Invert:
			p = placeInvert
		}
		list = append(list, p)
	}
	if before && pending { // a last rotate by 0 takes its mark along
		for i, p := range list {
			switch p {
			case placeFlip, placeFlop, placeRotate:
				list[i] = p - placeFlip + placeFlipBefore
			}
		}
	}
	return list
}
