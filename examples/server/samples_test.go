package main

import (
	"context"
	"encoding/json"
	"image"
	"image/color"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

// small are samples that are drawn at once: one opaque, one not.
func small() []drawing {
	return []drawing{
		{"samples/lake.jpg", "Lake", "A lake", 160, 120, scene.DrawLandscape},
		{"samples/mark.png", "Mark", "A mark", 60, 60, scene.DrawLogo},
	}
}

func (s *running) samples() (list []sampleEntry) {
	s.t.Helper()
	answer := s.do(request{method: "POST", path: "/playground/samples", header: s.own(), body: []byte(`{}`)})
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	require.NoError(s.t, json.Unmarshal(answer.body, &list))
	return list
}

func (s *running) sign(host, question string) string {
	s.t.Helper()
	header := s.own()
	if host != "" {
		header.Set("Origin", "http://"+host)
	}
	answer := s.do(request{method: "POST", path: "/playground/sign", host: host, header: header, body: []byte(question)})
	require.Equal(s.t, 200, answer.StatusCode, "%s", answer.body)
	var is struct{ URL string }
	require.NoError(s.t, json.Unmarshal(answer.body, &is))
	return is.URL
}

func TestSamples(t *testing.T) {
	data := t.TempDir()
	s := startDrawing(t, data, small())
	lake := s.get(s.sign("", `{"key":"samples/lake.jpg","metadata":true}`)) // waits
	require.Equal(t, 200, lake.StatusCode, "%s", lake.body)
	require.Contains(t, string(lake.body), `"format":"jpeg"`)
	require.Contains(t, string(lake.body), `"width":160,"height":120`)
	mark := s.get(s.sign("", `{"key":"samples/mark.png","metadata":true}`))
	require.Contains(t, string(mark.body), `"format":"png"`)
	require.Contains(t, string(mark.body), `"hasAlpha":true`)
	require.Equal(t, []sampleEntry{
		{"samples/lake.jpg", "Lake", "A lake", 160, 120, true},
		{"samples/mark.png", "Mark", "A mark", 60, 60, true},
	}, s.samples())

	t.Run("other tenants have them too", func(t *testing.T) {
		host := "acme.localhost" + s.url[strings.LastIndex(s.url, ":"):]
		url := s.sign(host, `{"key":"samples/lake.jpg","edits":[{"resize":{"width":20}}]}`)
		require.Equal(t, 200, s.do(request{path: url, host: host}).StatusCode)
		url = s.sign(host, `{"key":"samples/none.jpg"}`)
		require.Equal(t, 404, s.do(request{path: url, host: host}).StatusCode)
	})
	t.Run("a second start finds them", func(t *testing.T) {
		s.stop()
		again := small()
		for i := range again {
			again[i].draw = func(context.Context, int, int) (*image.NRGBA, error) {
				t.Error("drawn again")
				return nil, fs.ErrInvalid
			}
		}
		s := startDrawing(t, data, again)
		require.Equal(t, 200, s.get(s.sign("", `{"key":"samples/lake.jpg"}`)).StatusCode)
		require.Equal(t, 200, s.get(s.sign("", `{"key":"samples/mark.png"}`)).StatusCode)
		for _, one := range s.samples() {
			require.True(t, one.Ready)
		}
	})
}

// TestSampleIsWaitedFor asks for a sample before it is drawn.
func TestSampleIsWaitedFor(t *testing.T) {
	began, go_ := make(chan struct{}), make(chan struct{})
	s := startDrawing(t, t.TempDir(), []drawing{
		{"samples/slow.jpg", "Slow", "", 8, 6, func(ctx context.Context, w, h int) (*image.NRGBA, error) {
			close(began)
			<-go_
			return scene.DrawLandscape(ctx, w, h)
		}},
		{"samples/broken.jpg", "Broken", "", 8, 6, func(context.Context, int, int) (*image.NRGBA, error) { return nil, fs.ErrInvalid }},
	})
	<-began
	require.Equal(t, []sampleEntry{{"samples/slow.jpg", "Slow", "", 8, 6, false}, {"samples/broken.jpg", "Broken", "", 8, 6, false}}, s.samples())
	got := make(chan string)
	go func() {
		answer := s.do(request{method: "POST", path: "/playground/describe", header: s.own(), body: []byte(`{"key":"samples/slow.jpg"}`)})
		got <- string(answer.body)
	}()
	select {
	case early := <-got:
		t.Fatalf("answered before it was drawn: %s", early)
	case <-time.After(50 * time.Millisecond): // most of what would go wrong shows
	}
	close(go_)
	require.Contains(t, <-got, "The original is a JPEG of 8×6 pixels.")
	require.Equal(t, 404, s.get(s.sign("", `{"key":"samples/broken.jpg"}`)).StatusCode)
	require.Equal(t, []sampleEntry{{"samples/slow.jpg", "Slow", "", 8, 6, true}}, s.samples(), "what cannot be drawn is not there")
	require.Contains(t, s.log.String(), "samples/broken.jpg")
}

// TestStopWhileDrawing ends a server that has only begun.
func TestStopWhileDrawing(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	data := t.TempDir()
	s := startDrawing(t, data, []drawing{{"samples/endless.jpg", "", "", 8, 6, func(ctx context.Context, _, _ int) (*image.NRGBA, error) {
		close(began)
		<-ctx.Done()
		close(ended)
		return nil, ctx.Err()
	}}})
	<-began
	s.stop()
	select {
	case <-ended:
	default:
		t.Error("the server stopped before its drawing")
	}
	require.NotContains(t, s.log.String(), "samples/endless.jpg", "which is no failure")
}

func TestDrawings(t *testing.T) {
	keys := map[string]bool{}
	for _, d := range drawings() {
		require.False(t, keys[d.key])
		keys[d.key] = true
		m, err := d.draw(t.Context(), d.width/20, d.height/20)
		require.NoError(t, err)
		file, contentType, err := encodeSample(t.Context(), m)
		require.NoError(t, err)
		decoded, format, err := image.Decode(strings.NewReader(string(file)))
		require.NoError(t, err)
		require.Equal(t, "image/"+format, contentType)
		require.Equal(t, m.Bounds(), decoded.Bounds())
		require.Equal(t, strings.HasSuffix(d.key, ".png"), format == "png")
		at := m.Bounds().Size().Div(2)
		want, got := m.NRGBAAt(at.X, at.Y), color.NRGBAModel.Convert(decoded.At(at.X, at.Y)).(color.NRGBA)
		require.InDelta(t, want.R, got.R, 40, d.key)
		require.Equal(t, want.A, got.A, d.key)
	}
	require.Equal(t, "samples/landscape.jpg", drawings()[0].key, "the page opens with it")
}
