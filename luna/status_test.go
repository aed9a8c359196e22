package luna

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
)

// TestStatusOfErrors holds what outranks what where an error wraps several.
func TestStatusOfErrors(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"none":                        {nil, 200, ""},
		"anything":                    {errors.New("luna: inner words"), 500, "internal"},
		"a panic":                     {newPanicError("ouch"), 500, "internal"},
		"an edit's option":            {fmt.Errorf("blur: %w", ErrOption), 400, "option_out_of_range"},
		"faults":                      {&edit.Error{Faults: []edit.Fault{{Path: "key", Message: "must be"}}}, 400, "payload_invalid"},
		"a size":                      {&op.SizeError{Op: "crop"}, 422, "impossible_edit"},
		"impossible":                  {ErrImpossible, 422, "impossible_edit"},
		"no codec":                    {&MissingCodecError{Format: "avif"}, 422, "format_unavailable"},
		"no edit":                     {&UnsupportedEditError{Name: "blur"}, 422, "edit_unsupported"},
		"no feature":                  {ErrUnsupported, 422, "unsupported"},
		"corrupt":                     {fmt.Errorf("%w: %w", ErrFormat, io.ErrUnexpectedEOF), 422, "original_corrupt"},
		"no memory":                   {fmt.Errorf("%w: %w", codec.ErrExhausted, errors.New("cannot allocate memory")), 503, "out_of_memory"},
		"corrupt since it took long":  {fmt.Errorf("%w: %w", ErrFormat, errRenderTimeout), 504, "timeout"},
		"corrupt since it was left":   {fmt.Errorf("%w: %w", ErrFormat, errAbandoned), 499, "client_closed"},
		"corrupt since store failed":  {fmt.Errorf("%w: %w", ErrFormat, &storeError{io.ErrUnexpectedEOF}), 502, "store_failing"},
		"store denies":                {&storeError{fs.ErrPermission}, 502, "store_failing"},
		"store's own timeout":         {&storeError{os.ErrDeadlineExceeded}, 504, "store_timeout"},
		"store's own deadline":        {&storeError{context.DeadlineExceeded}, 504, "store_timeout"},
		"store's own cancellation":    {&storeError{context.Canceled}, 502, "store_failing"},
		"slow store":                  {errFetchTimeout, 504, "store_timeout"},
		"slow request":                {errRequestTimeout, 504, "timeout"},
		"no original":                 {&Error{Stage: "fetch", Err: fs.ErrNotExist}, 404, "not_found"},
		"refused":                     {&Refusal{Status: 429, Code: "plan_limit", Err: context.DeadlineExceeded}, 429, "plan_limit"},
		"an edit that is unsupported": {&Error{Stage: "plan", Err: &UnsupportedEditError{Name: "blur"}}, 422, "edit_unsupported"},
	} {
		require.Equal(t, c.status, StatusCode(c.err), name)
		require.Equal(t, c.code, ErrorCode(c.err), name)
		require.NotContains(t, classify(c.err).detail, "luna:", name)
		if c.err != nil {
			wrapped := fmt.Errorf("further out: %w", wrap("stage", c.err))
			require.Equal(t, c.status, StatusCode(wrapped), name)
		}
	}
}

// TestKinds holds that every answer says what to do, under one code each.
func TestKinds(t *testing.T) {
	codes := map[string]int{}
	for _, k := range kinds {
		require.NotEmpty(t, k.detail)
		require.Regexp(t, `^[a-z_]+$`, k.code)
		require.True(t, k.status == statusClientClosed || http.StatusText(k.status) != "", k.code)
		require.NotContains(t, codes, k.code)
		codes[k.code] = k.status
	}
}
