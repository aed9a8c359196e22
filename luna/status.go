package luna

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/op"
)

// statusClientClosed is what access logs show for a client that has gone: no
// client ever sees it.
const statusClientClosed = 499

var (
	errMethod = errors.New("only GET and HEAD are answered")
)

// A kind is what clients are told of a class of errors.
type kind struct {
	status int
	code   string
	detail string
}

// kinds are tried in this order: what an error wraps first decides.
var kinds = []struct {
	is error
	kind
}{
	{errMethod, kind{http.StatusMethodNotAllowed, "method_not_allowed", "Only GET and HEAD are answered here."}},
	{errShutdown, kind{http.StatusServiceUnavailable, "shutting_down", "The server is about to stop. Try again."}},
	{errMetering, kind{http.StatusServiceUnavailable, "metering_failed", "The usage could not be recorded. Try again."}},
	{errFetchTimeout, kind{http.StatusGatewayTimeout, "store_timeout", "The store of the originals took too long."}},
	{context.DeadlineExceeded, kind{http.StatusGatewayTimeout, "timeout", "The work took longer than a request may."}},
	{context.Canceled, kind{statusClientClosed, "client_closed", "The request was cancelled."}},
	{ErrSignature, kind{http.StatusForbidden, "signature_invalid", "The URL is not signed by this project, or was changed after it was signed."}},
	{ErrExpired, kind{http.StatusGone, "url_expired", "The URL has expired. Sign a new one."}},
	{ErrOverloaded, kind{http.StatusServiceUnavailable, "overloaded", "Too much work is waiting. Try again."}},
	{codec.ErrExhausted, kind{http.StatusServiceUnavailable, "out_of_memory", "The server has no memory for it now. Try again."}},
	{fs.ErrNotExist, kind{http.StatusNotFound, "not_found", "There is no original of that key."}},
	{ErrOption, kind{http.StatusBadRequest, "option_out_of_range", "An option of an edit or of the output is out of its range."}},
	{ErrNotImage, kind{http.StatusUnsupportedMediaType, "not_an_image", "The original is not an image of a format that is read here."}},
	{ErrLimit, kind{http.StatusRequestEntityTooLarge, "over_limit", "The original, or what is to be made of it, is over this server's limits."}},
	{ErrImpossible, kind{http.StatusUnprocessableEntity, "impossible_edit", "The edits cannot be applied to this image."}},
	{ErrUnsupported, kind{http.StatusUnprocessableEntity, "unsupported", "The original or the output asks for something that this server does not support."}},
	{ErrFormat, kind{http.StatusUnprocessableEntity, "original_corrupt", "The original is damaged or ends too early."}},
}

// StatusCode returns the HTTP status that the handler answers an error with,
// and 200 for nil.
func StatusCode(err error) int { return classify(err).status }

// ErrorCode returns the stable word by which the handler's answers name an
// error, such as "signature_invalid"; empty for nil.
func ErrorCode(err error) string { return classify(err).code }

// classify is the one place that knows which error is which status, and what
// may be told of it.
func classify(err error) kind {
	if err == nil {
		return kind{status: http.StatusOK}
	}
	if e := (*negativeError)(nil); errors.As(err, &e) {
		return e.kind
	}
	if e := (*LayerError)(nil); errors.As(err, &e) {
		k := classify(e.Err)
		if k.code == "not_found" {
			k.code, k.detail = "layer_not_found", "There is no picture of that key."
		}
		k.detail = fmt.Sprintf("Image layer %q: %s", e.Key, k.detail)
		return k
	}
	if e := (*Refusal)(nil); errors.As(err, &e) {
		k := kind{e.Status, e.Code, e.Detail}
		switch k.status {
		case http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		default:
			k.status = http.StatusForbidden
		}
		if k.code == "" {
			k.code = "refused"
		}
		return k
	}
	if e := (*storeError)(nil); errors.As(err, &e) {
		var late interface{ Timeout() bool } // net.Error, context.DeadlineExceeded
		if errors.As(e.err, &late) && late.Timeout() {
			return kind{http.StatusGatewayTimeout, "store_timeout", "The store of the originals took too long."}
		}
		return kind{http.StatusBadGateway, "store_failing", "The store of the originals failed."}
	}
	if e := (*edit.Error)(nil); errors.As(err, &e) {
		return kind{http.StatusBadRequest, "payload_invalid", e.Error()}
	}
	if e := (*MissingCodecError)(nil); errors.As(err, &e) {
		return kind{http.StatusUnprocessableEntity, "format_unavailable", e.Error()}
	}
	if e := (*MissingDecoderError)(nil); errors.As(err, &e) {
		code := "original_unsupported"
		if e.Format == "SVG" {
			code = "svg_refused"
		}
		return kind{http.StatusUnsupportedMediaType, code, e.Error()}
	}
	if e := (*UnknownFontError)(nil); errors.As(err, &e) {
		return kind{http.StatusUnprocessableEntity, "font_unavailable", e.Error()}
	}
	if e := (*UnsupportedEditError)(nil); errors.As(err, &e) {
		return kind{http.StatusUnprocessableEntity, "edit_unsupported", e.Error()}
	}
	if e := (*op.SizeError)(nil); errors.As(err, &e) {
		return kind{http.StatusUnprocessableEntity, "impossible_edit", e.Error()}
	}
	if e := (*changedError)(nil); errors.As(err, &e) {
		return kind{http.StatusServiceUnavailable, "original_changing", "The original is being replaced. Try again."}
	}
	for _, k := range kinds {
		if errors.Is(err, k.is) {
			return k.kind
		}
	}
	return kind{http.StatusInternalServerError, "internal", "Something went wrong here. It was logged."}
}
