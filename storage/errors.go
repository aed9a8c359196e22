package storage

import (
	"context"
	"errors"
	"io/fs"

	"gocloud.dev/gcerrors"
)

// fault wraps err as a [*fs.PathError] that answers to the standard library's
// sentinels. Nil stays nil, and so does a [*KeyError], which names what was
// given in a form that can be printed.
func fault(op, key string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := err.(*KeyError); ok {
		return e
	}
	return &fs.PathError{Op: "storage: " + op, Path: key, Err: translate(err)}
}

// translated is a driver's error under the standard library's name.
type translated struct {
	kind, cause error
}

func (t *translated) Error() string   { return t.cause.Error() }
func (t *translated) Unwrap() []error { return []error{t.kind, t.cause} }

func translate(err error) error {
	var kind error
	switch gcerrors.Code(err) {
	case gcerrors.NotFound:
		kind = fs.ErrNotExist
	case gcerrors.AlreadyExists:
		kind = fs.ErrExist
	case gcerrors.PermissionDenied:
		kind = fs.ErrPermission
	case gcerrors.InvalidArgument:
		kind = fs.ErrInvalid
	case gcerrors.Unimplemented:
		kind = errors.ErrUnsupported
	case gcerrors.Canceled:
		kind = context.Canceled
	case gcerrors.DeadlineExceeded:
		kind = context.DeadlineExceeded
	}
	if kind == nil || errors.Is(err, kind) {
		return err
	}
	return &translated{kind, err}
}
