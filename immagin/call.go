package immagin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxAnswer is how much of an answer is read, in bytes: a list of 1000 keys of
// 1024 bytes, each written as six, has 6 MB.
const maxAnswer = 8 << 20

// call calls the API: in is sent and out received as JSON; either may be nil.
// What fails is sent again as r says.
func (c *Client) call(ctx context.Context, r *retries, method, path string, in, out any) error {
	if c.base == "" || c.key.Reveal() == "" {
		return errors.New("immagin: calling the API takes an API key and a BaseURL")
	}
	var text []byte
	if in != nil {
		var err error
		if text, err = json.Marshal(in); err != nil {
			return fmt.Errorf("immagin: %w", err)
		}
	}
	return c.repeat(ctx, r, func() error {
		var body io.Reader
		if in != nil {
			body = bytes.NewReader(text)
		}
		request, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
		if err != nil {
			return fmt.Errorf("immagin: %w", withoutURL(err))
		}
		request.Header.Set("Authorization", "Bearer "+c.key.Reveal())
		if in != nil {
			request.Header.Set("Content-Type", "application/json")
		}
		return c.do(request, method+" "+path, out)
	})
}

// repeat does what send does until it succeeds or r gives up.
func (c *Client) repeat(ctx context.Context, r *retries, send func() error) error {
	for {
		err := send()
		if err == nil {
			return nil
		}
		if err = r.wait(ctx, err); err != nil {
			return err
		}
	}
}

// do sends one request and reads its answer into out, unless that is nil.
// rights are what no error may show, beside the API key.
func (c *Client) do(r *http.Request, what string, out any, rights ...string) error {
	answer, err := c.http.Do(r)
	if err != nil {
		return c.failed(r.Context(), what, err, rights...)
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return c.errorOf(answer, rights...)
	}
	if out == nil {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	switch {
	case err != nil:
		return c.failed(r.Context(), what, err, rights...)
	case len(text) > maxAnswer:
		return fmt.Errorf("immagin: %s: the answer has more than %d bytes", what, maxAnswer)
	// The decoder's own error might quote what it could not read.
	case json.Unmarshal(text, out) != nil:
		return fmt.Errorf("immagin: %s: the answer is not the JSON that it should be", what)
	}
	return nil
}

// component is encodeURIComponent of JavaScript, which is how keys stand in
// the API's paths.
func component(text string) string {
	const plain = "-_.!~*'()"
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(text))
	for _, b := range []byte(text) {
		switch {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', bytes.IndexByte([]byte(plain), b) >= 0:
			out = append(out, b)
		default:
			out = append(out, '%', digits[b>>4], digits[b&15])
		}
	}
	return string(out)
}
