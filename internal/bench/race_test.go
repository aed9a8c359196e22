package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A fake is a program whose processes write down what they are told.
type fake struct {
	name    string
	log     *[]string
	running *int
	fail    error // of every order
}

func (f fake) start(context.Context, int) (side, error) {
	*f.running++
	return fakeProcess{f}, nil
}

type fakeProcess struct{ fake }

func (f fakeProcess) do(o order) (answer, error) {
	if len(o.Compare) > 0 {
		return answer{Sizes: [][2]int{{4, 3}, {4, 3}}, MSE: 1}, nil
	}
	if f.fail != nil {
		return answer{}, f.fail
	}
	if o.Save != "" {
		*f.log = append(*f.log, f.name+" saves")
		return answer{Wall: time.Hour}, os.WriteFile(o.Save, nil, 0o644)
	}
	*f.log = append(*f.log, f.name)
	return answer{Wall: time.Duration(len(*f.log)), CPU: 2, Peak: int64(len(*f.log)), Bytes: 5, Version: f.name}, nil
}

func (f fakeProcess) close() error {
	*f.running--
	return nil
}

func fakes(t *testing.T) (b *bench, log *[]string) {
	log = new([]string)
	running := new(int)
	t.Cleanup(func() { require.Zero(t, *running, "every process is ended") })
	return &bench{
		us:    fake{name: "us", log: log, running: running},
		them:  fake{name: "them", log: log, running: running},
		files: map[kind]source{baseline: {path: "x.jpg"}},
		dir:   t.TempDir(),
		runs:  3,
	}, log
}

func TestRaceTakesTurns(t *testing.T) {
	b, log := fakes(t)
	r, err := b.race(t.Context(), jobs()[0])
	require.NoError(t, err)
	require.Equal(t, "us saves, them saves, us, them, them, us, us, them", strings.Join(*log, ", "))
	require.Equal(t, []time.Duration{3, 6, 7}, r.us.wall, "the first run, of an hour, does not count")
	require.Equal(t, []time.Duration{4, 5, 8}, r.them.wall)
	require.EqualValues(t, 7, r.us.peak)
	require.Equal(t, 5, r.them.bytes)
	require.InDelta(t, 48.13, r.verdict.psnr, 0.01)
	require.Equal(t, [2]int{4, 3}, r.verdict.us)
}

func TestRaceWithoutSharp(t *testing.T) {
	b, log := fakes(t)
	b.them = nil
	r, err := b.race(t.Context(), jobs()[0])
	require.NoError(t, err)
	require.Equal(t, "us saves, us, us, us", strings.Join(*log, ", "))
	require.Nil(t, r.verdict)
	versions, err := b.versions(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"us"}, versions)
}

func TestRaceFailures(t *testing.T) {
	b, log := fakes(t)
	us := b.us.(fake)
	us.fail = errMissing
	b.us = us
	r, err := b.race(t.Context(), jobs()[12])
	require.NoError(t, err, "the other rows go on")
	require.Equal(t, "not built yet", r.failure)
	require.Empty(t, *log, "sharp is not asked for nothing")

	b, _ = fakes(t)
	them := b.them.(fake)
	them.fail = errors.New("sharp is broken")
	b.them = them
	_, err = b.race(t.Context(), jobs()[0])
	require.ErrorContains(t, err, "sharp is broken")
}

func TestLoad(t *testing.T) {
	b, log := fakes(t)
	got, err := b.load(t.Context(), mix(), 8)
	require.NoError(t, err)
	require.Equal(t, 8, got.workers)
	require.Equal(t, 40, got.count)
	require.Len(t, *log, 2+2*3)
	require.Len(t, got.us.wall, 3)
	require.Len(t, got.them.wall, 3)
}
