package luna

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/immagin/immagin-go/luna/codec"
)

// Errors that transforms wrap; errors.Is tells them apart. ErrFormat,
// ErrUnsupported and ErrLimit are those of package codec under the name that
// callers of luna look for.
var (
	// ErrFormat: the original is of a format that the engine reads, but is
	// malformed or ends too early.
	ErrFormat = codec.ErrFormat
	// ErrUnsupported: the original or the output asks for something that the
	// adapter does not implement.
	ErrUnsupported = codec.ErrUnsupported
	// ErrLimit: the original, or the memory that the transform would take, is
	// over a limit of [Options].
	ErrLimit = codec.ErrLimit
	// ErrNotImage: the bytes begin like no format that the engine decodes.
	ErrNotImage = errors.New("not an image of a format that is read here")
	// ErrOption: an option of an edit or of the output is out of its range,
	// whatever the image.
	ErrOption = errors.New("option out of range")
	// ErrImpossible: the edits cannot be applied to this image, such as a crop
	// that leaves it.
	ErrImpossible = errors.New("impossible for this image")
)

// An Error says in which stage of a transform things went wrong.
type Error struct {
	// Stage is "fetch" (reading the original failed), "probe", "plan",
	// "reserve" (waiting for memory), "decode", "edit", "encode" or "write"
	// (writing the result failed), or a stage of the handler.
	Stage string
	// Key of the original, where there is one.
	Key string
	Err error
}

func (e *Error) Error() string {
	if e.Key != "" {
		return fmt.Sprintf("luna: %s %q: %v", e.Stage, e.Key, e.Err)
	}
	return fmt.Sprintf("luna: %s: %v", e.Stage, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// An UnsupportedEditError says that an edit is part of the language, but that
// this engine does not implement it.
type UnsupportedEditError struct {
	// Name of the edit, such as "x-vignette".
	Name string
}

func (e *UnsupportedEditError) Error() string {
	return fmt.Sprintf("edit %q is not supported by this engine", e.Name)
}

// Unwrap returns [ErrUnsupported].
func (e *UnsupportedEditError) Unwrap() error { return ErrUnsupported }

// A MissingCodecError says that no codec that encodes the wanted format was
// given to [New].
type MissingCodecError struct {
	// Format that was asked for.
	Format string
	// Have lists the formats that the engine encodes.
	Have []string
}

func (e *MissingCodecError) Error() string {
	return fmt.Sprintf("no encoder for %q; there is %s", e.Format, strings.Join(e.Have, ", "))
}

// Unwrap returns [ErrUnsupported].
func (e *MissingCodecError) Unwrap() error { return ErrUnsupported }

// A MissingDecoderError says that the original is of a format that the engine
// knows by its first bytes, but that no codec given to [New] decodes. No codec
// of this module decodes SVG, whose drawings may name files and run for ever;
// a program that needs it gives New a [codec.Decoder] of its own, whose magic is
// "<svg".
type MissingDecoderError struct {
	// Format is its customary name, such as "SVG" or "JPEG XL".
	Format string
	// Have lists the formats that the engine decodes.
	Have []string
}

func (e *MissingDecoderError) Error() string {
	return fmt.Sprintf("the original is of the format %s, which is not read here; those that are: %s", e.Format, strings.Join(e.Have, ", "))
}

// Unwrap returns [ErrNotImage].
func (e *MissingDecoderError) Unwrap() error { return ErrNotImage }

// A PanicError says that a codec or an operation panicked, which is always a
// defect of theirs. The panic ended nothing but the one transform.
type PanicError struct {
	// Value is what was passed to panic.
	Value any
	// Stack of the goroutine, for logs.
	Stack []byte
}

func newPanicError(v any) *PanicError { return &PanicError{Value: v, Stack: debug.Stack()} }

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// wrap puts stage around err once: an error that already is an *Error keeps
// the stage in which it arose.
func wrap(stage string, err error) error {
	if err == nil {
		return nil
	}
	if e := (*Error)(nil); errors.As(err, &e) {
		return err
	}
	return &Error{Stage: stage, Err: err}
}
