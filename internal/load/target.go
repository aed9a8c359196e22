package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/immagin/immagin-go/internal/scene"
	"github.com/immagin/immagin-go/sign"
)

// Originals are of about 2 megapixels.
const width, height = 1680, 1200

// formats of the originals, and of what is made of them.
var formats = []string{"jpeg", "png", "webp"}

// A target is a server under load.
type target struct {
	url    string
	key    string // of its API
	ring   *sign.Keyring
	client *http.Client
	pid    int
	stop   func() error
	misses atomic.Int64
	warm   []warmed
}

// A warmed image was made before.
type warmed struct {
	url  string
	body []byte
}

// startTarget starts a server with originals and some images made of them.
func startTarget(ctx context.Context, s settings, progress io.Writer) (_ *target, err error) {
	dir, err := os.MkdirTemp("", "load")
	if err != nil {
		return nil, err
	}
	secret := sign.NewSecret()
	ring, err := sign.NewKeyring(secret)
	if err != nil {
		return nil, err
	}
	t := &target{
		key:  sign.NewAPIKey().Reveal(),
		ring: ring,
		client: &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: 4096, DisableCompression: true},
			Timeout:   30 * time.Second,
		},
		stop: func() error { return os.RemoveAll(dir) },
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.stop())
		}
	}()
	binary := s.server
	if binary == "" {
		fmt.Fprintln(progress, "building the server")
		binary = filepath.Join(dir, "server.exe")
		build := exec.CommandContext(ctx, "go", "build", "-o", binary, "github.com/immagin/immagin-go/examples/server")
		if text, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
	}
	if err := t.start(ctx, binary, dir, secret, s.log); err != nil {
		return nil, err
	}
	fmt.Fprintln(progress, "drawing the originals")
	return t, t.fill(ctx)
}

// start runs the server. Its data go with it.
func (t *target) start(ctx context.Context, binary, dir, secret, log string) error {
	server := exec.CommandContext(ctx, binary, "-addr", "127.0.0.1:0", "-data", filepath.Join(dir, "data"))
	server.Env = append(os.Environ(), "IMMAGIN_SECRET="+secret, "IMMAGIN_API_KEY="+t.key)
	if log != "" {
		file, err := os.Create(log)
		if err != nil {
			return err
		}
		defer file.Close() // the server has its own
		server.Stderr = file
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	t.pid = server.Process.Pid
	t.stop = sync.OnceValue(func() error {
		err := server.Process.Signal(os.Interrupt)
		if err != nil { // Windows has no such signal
			err = server.Process.Kill()
		}
		werr := server.Wait()
		return errors.Join(err, werr, os.RemoveAll(dir))
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the server did not start: %w", err)
	}
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok {
		return fmt.Errorf("the server's first line is %q", line)
	}
	t.url = url
	return nil
}

// fill uploads the originals, and asks for some images of each.
func (t *target) fill(ctx context.Context) error {
	picture := scene.Landscape(width, height)
	files := map[string]*bytes.Buffer{"jpeg": {}, "png": {}, "webp": {}}
	if err := jpeg.Encode(files["jpeg"], picture, &jpeg.Options{Quality: 90}); err != nil {
		return err
	}
	if err := png.Encode(files["png"], picture); err != nil {
		return err
	}
	for _, f := range formats {
		if f == "webp" { // the server makes it: the standard library does not
			body, err := t.first(ctx, t.sign(`{"key":"original.png","output":{"format":"webp"}}`))
			if err != nil {
				return fmt.Errorf("original in WebP: %w", err)
			}
			files[f].Write(body)
		}
		if err := t.upload(ctx, "original."+f, files[f].Bytes()); err != nil {
			return err
		}
	}
	for range 4 {
		for range formats {
			u := t.unseen()
			body, err := t.first(ctx, u)
			if err != nil {
				return fmt.Errorf("first images: %w", err)
			}
			t.warm = append(t.warm, warmed{u, body})
		}
	}
	return nil
}

// first asks for an image until it is made: while others keep the machine
// busy, it may not be in time.
func (t *target) first(ctx context.Context, url string) ([]byte, error) {
	for try := 1; ; try++ {
		a := t.get(ctx, url)
		switch {
		case a.err != nil:
			return nil, a.err
		case a.status == http.StatusOK:
			return a.body, nil
		case a.status != http.StatusGatewayTimeout && a.status != http.StatusServiceUnavailable || try == 20:
			return nil, fmt.Errorf("%s: %s", http.StatusText(a.status), a.body)
		}
	}
}

// unseen is the URL of an image that was never made. All cost the same: their
// background, which nobody sees, tells them apart.
func (t *target) unseen() string {
	n := t.misses.Add(1)
	f := formats[n%int64(len(formats))]
	return t.sign(fmt.Sprintf(`{"key":"original.%s","edits":[{"resize":{"width":512}},{"flatten":{"background":"#%06x"}}],"output":{"format":%q}}`, f, n&0xffffff, f))
}

func (t *target) sign(payload string) string {
	p := base64.RawURLEncoding.EncodeToString([]byte(payload))
	return t.url + "/" + p + "?sig=" + t.ring.Sign(p)
}

func (t *target) upload(ctx context.Context, key string, file []byte) error {
	var to struct {
		UploadURL, Method string
		Headers           map[string]string
	}
	question, err := json.Marshal(map[string]any{"key": key, "size": len(file)})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+"/v1/images/sign-url", bytes.NewReader(question))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+t.key)
	r.Header.Set("Content-Type", "application/json")
	text, err := t.do(r, http.StatusOK)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &to); err != nil {
		return err
	}
	if r, err = http.NewRequestWithContext(ctx, to.Method, to.UploadURL, bytes.NewReader(file)); err != nil {
		return err
	}
	for name, value := range to.Headers {
		r.Header.Set(name, value)
	}
	_, err = t.do(r, http.StatusCreated)
	return err
}

func (t *target) do(r *http.Request, status int) ([]byte, error) {
	a, err := t.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err == nil && a.StatusCode != status {
		err = fmt.Errorf("%s %s: %s: %s", r.Method, r.URL.Path, a.Status, text)
	}
	return text, err
}
