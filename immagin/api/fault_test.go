package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

func TestBrokenUpload(t *testing.T) {
	f := newFixture(t, nil)
	body := picture(t, "png")
	for i, cut := range []int{1, 100, 513, len(body) - 1} {
		uploadURL, _ := f.signed(fmt.Sprintf(`{"key":"%d.png"}`, i))
		u, err := url.Parse(uploadURL)
		require.NoError(t, err)
		conn, err := net.Dial("tcp", u.Host)
		require.NoError(t, err)
		fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n%s", u.Path, u.Host, len(body), body[:cut])
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		require.Equal(t, 400, resp.StatusCode)
		resp.Body.Close()
		conn.Close()
	}
	require.Empty(t, f.store.objects)
}

func TestBodyProblems(t *testing.T) {
	f := newFixture(t, nil)
	serve := func(body io.Reader) *httptest.ResponseRecorder {
		uploadURL, _ := f.signed(`{"key":"a.png"}`)
		w := httptest.NewRecorder()
		f.Config.Handler.ServeHTTP(w, httptest.NewRequest("PUT", uploadURL, io.NopCloser(body)))
		return w
	}
	head := picture(t, "png")[:600]
	require.Equal(t, 400, serve(iotest.TimeoutReader(strings.NewReader(head))).Code, "an error that is none of ours")
	require.Equal(t, 408, serve(io.MultiReader(strings.NewReader(head), iotest.ErrReader(&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}))).Code)
	require.Equal(t, 413, serve(http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(head)), 10)).Code, "a limit that the integrator put in front")
	require.Empty(t, f.store.objects)
}

type faulty struct {
	memory
	create func(body io.Reader) error
}

func (f *faulty) Create(_ context.Context, _, _ string, body io.Reader, _ string, _ bool) error {
	return f.create(body)
}

func TestFaultyStores(t *testing.T) {
	for name, c := range map[string]struct {
		create func(body io.Reader) error
		status int
	}{
		"does not read to the end": {func(body io.Reader) error { _, err := io.CopyN(io.Discard, body, 600); return err }, 502},
		"fails":                    {func(io.Reader) error { return errors.New("disk is full") }, 502},
		"too slow":                 {func(io.Reader) error { return fmt.Errorf("put: %w", context.DeadlineExceeded) }, 504},
		"was raced":                {func(io.Reader) error { return &fs.PathError{Err: fs.ErrExist} }, 409},
		"hides the body's error":   {func(body io.Reader) error { _, _ = io.Copy(io.Discard, body); return nil }, 413},
	} {
		f := newFixture(t, nil)
		h, err := New(&faulty{create: c.create}, ProjectMap{"demo": {Secret: testSecret}}, f.keys, &Options{Now: f.clock})
		require.NoError(t, err)
		ticket := f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "a.png", MaxSize: int64(len(picture(t, "png"))) - 1})
		if c.status != 413 {
			ticket = f.ticket(testSecret, sign.Ticket{Tenant: "demo", Key: "a.png"})
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("PUT", "/v1/uploads/demo/"+ticket, io.MultiReader(strings.NewReader(picture(t, "png")))))
		require.Equal(t, c.status, w.Code, "%s: %s", name, w.Body)
		require.NotContains(t, w.Body.String(), "disk")
	}
}
