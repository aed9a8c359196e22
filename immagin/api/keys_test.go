package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/sign"
)

func TestNewKey(t *testing.T) {
	key, at := sign.NewAPIKey(), time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.FixedZone("x", 3600))
	k := NewKey("acme", "laptop", key, at)
	require.Regexp(t, `^key_[0-9A-Za-z]{22}$`, k.ID)
	require.NotEqual(t, k.ID, NewKey("acme", "laptop", key, at).ID)
	require.NotContains(t, k.ID, key.Reveal()[4:])
	require.Equal(t, Key{k.ID, "acme", "laptop", key.Prefix(), key.Hash(), time.Date(2026, 1, 2, 2, 4, 5, 123456000, time.UTC), time.Time{}}, k)
	require.NoError(t, k.Validate())
	require.NotContains(t, fmt.Sprintf("%+v", k), key.Reveal()[8:])
	zero := NewKey("acme", "", sign.APIKey{}, at)
	require.ErrorIs(t, zero.Validate(), fs.ErrInvalid, "the zero APIKey is no key")
}

// usedKeys counts calls of Used.
type usedKeys struct {
	*MemoryKeys
	mu   sync.Mutex
	fail error
	used []time.Time
}

func (u *usedKeys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.used = append(u.used, at)
	if err := ctx.Err(); err != nil {
		return err
	}
	if u.fail != nil {
		return u.fail
	}
	return u.MemoryKeys.Used(ctx, tenant, id, at)
}

func TestLastUsed(t *testing.T) {
	f := newFixture(t, nil)
	u := &usedKeys{MemoryKeys: f.keys}
	f.Config.Handler.(*Handler).keys = u
	get := func(n int) {
		for range n {
			require.Equal(t, 200, f.send("GET", "/v1/project", f.key, "").status)
		}
	}
	first := f.now
	get(5)
	require.Equal(t, []time.Time{first}, u.used, "not a write a request")
	f.later(time.Minute - 1)
	get(5)
	require.Len(t, u.used, 1)
	f.later(1)
	get(5)
	require.Equal(t, []time.Time{first, first.Add(time.Minute)}, u.used)
	require.Equal(t, 200, f.send("GET", "/v1/project", f.acme, "").status)
	require.Len(t, u.used, 3, "each key has its own")
	list, err := f.keys.List(t.Context(), "demo")
	require.NoError(t, err)
	require.Equal(t, first.Add(time.Minute).UTC(), list[0].LastUsedAt)

	// What fails is logged, fails no request, and is not tried each time.
	u.fail = errors.New("disk is full")
	f.later(time.Minute)
	get(5)
	require.Len(t, u.used, 4)
	require.Equal(t, 1, strings.Count(f.log.String(), "disk is full"))
	require.NotContains(t, f.log.String(), f.key[8:])

	// A wrong key of a right prefix is no use of it.
	f.later(time.Minute)
	f.send("GET", "/v1/project", f.key[:8]+strings.Repeat("x", 18), "").problem(t, 401, "unauthorized")
	require.Len(t, u.used, 4)
}

// TestLastUsedOfCanceled makes the write also where the client has gone.
func TestLastUsedOfCanceled(t *testing.T) {
	k := NewKey("demo", "", sign.NewAPIKey(), time.Now())
	u := &usedKeys{MemoryKeys: NewMemoryKeys(k)}
	h, err := New(new(memory), ProjectMap{}, u, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h.touch(ctx, k)
	list, err := u.List(t.Context(), "demo")
	require.NoError(t, err)
	require.False(t, list[0].LastUsedAt.IsZero())
}

func TestTouchesAreBounded(t *testing.T) {
	var l touches
	now := time.Unix(1_800_000_000, 0)
	for i := range touchMost {
		require.True(t, l.due(touchedKey{"t", fmt.Sprint(i)}, now))
	}
	require.False(t, l.due(touchedKey{"t", "one more"}, now), "left out rather than written each time")
	require.False(t, l.due(touchedKey{"t", "7"}, now))
	now = now.Add(touchEvery)
	require.True(t, l.due(touchedKey{"t", "7"}, now), "known ones are not left out")
	require.True(t, l.due(touchedKey{"t", "one more"}, now))
	require.LessOrEqual(t, len(l.last), touchMost)
	// A clock that goes back does not stop it for ever.
	require.False(t, l.due(touchedKey{"t", "7"}, now.Add(-time.Hour)))
	require.True(t, l.due(touchedKey{"t", "7"}, now.Add(touchEvery)))
}

func TestRevokedKeyFails(t *testing.T) {
	f := newFixture(t, nil)
	require.Equal(t, 200, f.send("GET", "/v1/project", f.key, "").status)
	list, err := f.keys.List(t.Context(), "demo")
	require.NoError(t, err)
	require.NoError(t, f.keys.Revoke(t.Context(), "demo", list[0].ID))
	f.send("GET", "/v1/project", f.key, "").problem(t, 401, "unauthorized")
	require.Equal(t, 200, f.send("GET", "/v1/project", f.acme, "").status)
}

// TestSharedPrefix has two keys of one prefix, of two tenants.
func TestSharedPrefix(t *testing.T) {
	key, other := sign.NewAPIKey(), sign.NewAPIKey()
	a, b := NewKey("demo", "", key, time.Now()), NewKey("acme", "", other, time.Now())
	b.Prefix = a.Prefix // one of 62^4 by chance
	f := newFixture(t, nil)
	for _, k := range []Key{b, a} {
		require.NoError(t, f.keys.Create(t.Context(), k))
	}
	require.Equal(t, "prj_1", f.send("GET", "/v1/project", key.Reveal(), "").json["id"])
}

func TestProjectValidate(t *testing.T) {
	good := Project{ID: "prj_1", Name: "Démo", BaseURL: "https://demo.example.com", Secret: testSecret, Retired: []string{acmeSecret}}
	require.NoError(t, good.Validate())
	for name, change := range map[string]func(*Project){
		"short secret":    func(p *Project) { p.Secret = "short" },
		"short retired":   func(p *Project) { p.Retired = []string{"short"} },
		"NUL":             func(p *Project) { p.Name = "a\x00" },
		"not UTF-8":       func(p *Project) { p.ID = "\xff" },
		"secret not UTF8": func(p *Project) { p.Secret = strings.Repeat("\xff", 20) },
		"long":            func(p *Project) { p.Name = strings.Repeat("a", MaxProjectField+1) },
		"slash":           func(p *Project) { p.BaseURL += "/" },
	} {
		p := good
		change(&p)
		err := p.Validate()
		require.ErrorIs(t, err, fs.ErrInvalid, name)
		require.NotContains(t, err.Error(), p.Secret)
	}
}

// TestNonceLives keeps what would live longer than the clock.
func TestNonceLives(t *testing.T) {
	var m MemoryNonces
	require.NoError(t, m.Use(t.Context(), "demo", "n", math.MaxInt64))
	require.ErrorIs(t, m.Use(t.Context(), "demo", "n", math.MaxInt64), fs.ErrExist)
}
