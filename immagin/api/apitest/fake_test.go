package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

// lacking is the one duty that a fake neglects.
type lacking string

func (l lacking) neglects(duty string) bool { return string(l) == duty }

// over is a context's error, unless that is neglected.
func (l lacking) over(ctx context.Context, call string) error {
	if l.neglects("contexts of " + call) {
		return nil
	}
	return ctx.Err()
}

// fakeKeys are keys that do all their duties, but one.
type fakeKeys struct {
	lacking
	mu    sync.Mutex
	keys  map[string]api.Key
	stale map[string][]api.Key // what one handle found before
}

func newFakeKeys(lacks string) *fakeKeys {
	return &fakeKeys{lacking: lacking(lacks), keys: map[string]api.Key{}, stale: map[string][]api.Key{}}
}

// pause lets others in, where the fake does in two steps what must be one.
func (f *fakeKeys) pause() {
	f.mu.Unlock()
	time.Sleep(time.Millisecond)
	f.mu.Lock()
}

func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func (f *fakeKeys) Lookup(ctx context.Context, prefix string) ([]api.Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Lookup"); err != nil {
		return nil, err
	}
	if f.neglects("finding nothing") && len(prefix) != 8 {
		return nil, errors.New("no such prefix")
	}
	if kept, ok := f.stale[prefix]; ok {
		return kept, nil
	}
	var found []api.Key
	for _, k := range f.keys {
		switch {
		case k.Prefix == prefix, f.neglects("telling case apart") && strings.EqualFold(k.Prefix, prefix), f.neglects("taking prefixes literally") && strings.ContainsAny(prefix, "%*"):
			found = append(found, k)
			if f.neglects("each once") {
				found = append(found, k)
			}
		}
	}
	if f.neglects("all of one prefix") {
		slices.SortFunc(found, func(a, b api.Key) int { return strings.Compare(a.ID, b.ID) })
		found = found[:min(1, len(found))]
	}
	if f.neglects("asking each time") && len(found) > 0 {
		f.stale[prefix] = found
	}
	return found, nil
}

func (f *fakeKeys) Create(ctx context.Context, k api.Key) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Create"); err != nil {
		return err
	}
	if err := k.Validate(); err != nil {
		switch {
		case f.neglects("refusing"):
			return nil
		case f.neglects("saying that it is invalid"):
			return errors.New("bad key")
		case f.neglects("short errors"):
			return fmt.Errorf("bad key %q %q: %w", k.ID, k.Tenant, fs.ErrInvalid)
		}
		return err
	}
	old, taken := f.keys[k.ID]
	if f.neglects("creating at once") {
		f.pause()
	}
	if taken && !f.neglects("keeping what is there") && !(f.neglects("IDs of all tenants") && old.Tenant != k.Tenant) {
		return fs.ErrExist
	}
	k.CreatedAt, k.LastUsedAt = exact(k.CreatedAt), exact(k.LastUsedAt)
	switch {
	case f.neglects("hashes"):
		k.Hash[31] = 0
	case f.neglects("UTC"):
		k.CreatedAt = k.CreatedAt.In(time.FixedZone("x", 7200))
	case f.neglects("microseconds"):
		k.CreatedAt = k.CreatedAt.Truncate(time.Millisecond)
	case f.neglects("whole names"):
		k.Name = strings.TrimSpace(k.Name)
	case f.neglects("long tenants"):
		k.Tenant = k.Tenant[:min(len(k.Tenant), 254)]
	case f.neglects("times of use at creation"):
		k.LastUsedAt = time.Time{}
	}
	f.keys[k.ID] = k
	return nil
}

func (f *fakeKeys) List(ctx context.Context, tenant string) ([]api.Key, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "List"); err != nil {
		return nil, err
	}
	if f.neglects("listing nothing") && api.ValidateTenant(tenant) != nil {
		return nil, fs.ErrInvalid
	}
	var found []api.Key
	for _, k := range f.keys {
		if k.Tenant == tenant || f.neglects("tenants of lists") && strings.EqualFold(k.Tenant, tenant) {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b api.Key) int {
		switch {
		case f.neglects("order of times"):
			return strings.Compare(a.ID, b.ID)
		case f.neglects("order of IDs") && a.CreatedAt.Equal(b.CreatedAt):
			return strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID))
		}
		return api.CompareKeys(a, b)
	})
	return found, nil
}

// find returns a tenant's key.
func (f *fakeKeys) find(call, tenant, id string) (api.Key, error) {
	k, ok := f.keys[id]
	if !ok || k.Tenant != tenant && !f.neglects("tenants of "+call) {
		if f.neglects("saying that it is not there to " + call) {
			return k, nil
		}
		return k, fs.ErrNotExist
	}
	return k, nil
}

func (f *fakeKeys) Revoke(ctx context.Context, tenant, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Revoke"); err != nil {
		return err
	}
	k, err := f.find("Revoke", tenant, id)
	if err != nil {
		return err
	}
	if f.neglects("revoking at once") {
		f.pause()
	}
	switch {
	case f.neglects("revoking"):
		if k.Tenant = "nobody"; true {
			f.keys[id] = k
		}
	case f.neglects("revoking one only"):
		maps.DeleteFunc(f.keys, func(_ string, other api.Key) bool { return other.Prefix == k.Prefix })
	default:
		delete(f.keys, id)
	}
	return nil
}

func (f *fakeKeys) Used(ctx context.Context, tenant, id string, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Used"); err != nil {
		return err
	}
	if (at.Year() < 1970 || at.Year() > 9999) && !f.neglects("bounds of times") {
		return fs.ErrInvalid
	}
	k, err := f.find("Used", tenant, id)
	if err != nil {
		return err
	}
	if k.ID == "" {
		return nil
	}
	later := exact(at).After(k.LastUsedAt)
	if f.neglects("using at once") || f.neglects("staying revoked") {
		f.pause()
	}
	if _, ok := f.keys[id]; !ok && !f.neglects("staying revoked") {
		return fs.ErrNotExist
	}
	if later || f.neglects("never moving back") {
		k.LastUsedAt = exact(at)
	}
	if f.neglects("noting uses") {
		k.LastUsedAt = time.Time{}
	}
	f.keys[id] = k
	return nil
}

// fakeProjects are projects that do all their duties, but one.
type fakeProjects struct {
	lacking
	mu       sync.Mutex
	projects api.ProjectMap
	stale    api.ProjectMap
}

func newFakeProjects(lacks string) *fakeProjects {
	return &fakeProjects{lacking: lacking(lacks), projects: api.ProjectMap{}, stale: api.ProjectMap{}}
}

func (f *fakeProjects) name(tenant string) string {
	if f.neglects("telling tenants apart") {
		return strings.ToLower(tenant)
	}
	return tenant
}

func (f *fakeProjects) Project(ctx context.Context, tenant string) (api.Project, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Project"); err != nil {
		return api.Project{}, err
	}
	if f.neglects("saying that there is none") && api.ValidateTenant(tenant) != nil {
		return api.Project{}, fs.ErrInvalid
	}
	p, ok := f.projects[f.name(tenant)]
	if !ok {
		return api.Project{}, fs.ErrNotExist
	}
	if kept, ok := f.stale[tenant]; ok {
		p = kept
	}
	if f.neglects("asking each time") {
		f.stale[tenant] = p
	}
	return p, nil
}

func (f *fakeProjects) Put(ctx context.Context, tenant string, p api.Project) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Put"); err != nil {
		return err
	}
	if !f.neglects("checking tenants") {
		if err := api.ValidateTenant(tenant); err != nil {
			return err
		}
	}
	if err := p.Validate(); err != nil && !f.neglects("checking projects") {
		if f.neglects("hiding secrets") {
			return fmt.Errorf("%w: %s", fs.ErrInvalid, p.Secret)
		}
		return err
	}
	if f.neglects("retired secrets") {
		p.Retired = p.Retired[:min(1, len(p.Retired))]
	}
	if f.neglects("putting at once") {
		half := p
		half.Secret = f.projects[f.name(tenant)].Secret
		f.projects[f.name(tenant)] = half
		f.mu.Unlock()
		time.Sleep(time.Millisecond)
		f.mu.Lock()
	}
	f.projects[f.name(tenant)] = p
	return nil
}

func (f *fakeProjects) Delete(ctx context.Context, tenant string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Delete"); err != nil {
		return err
	}
	if _, ok := f.projects[f.name(tenant)]; !ok && !f.neglects("saying that there was none") {
		return fs.ErrNotExist
	}
	switch {
	case f.neglects("deleting"):
	case f.neglects("deleting one only"):
		clear(f.projects)
	default:
		delete(f.projects, f.name(tenant))
	}
	return nil
}

func (f *fakeProjects) List(ctx context.Context) (api.ProjectMap, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "List"); err != nil {
		return nil, err
	}
	all := maps.Clone(f.projects)
	if f.neglects("listing all") {
		maps.DeleteFunc(all, func(tenant string, _ api.Project) bool { return tenant > "u" })
	}
	return all, nil
}

// fakeNonces are nonces that do all their duties, but one.
type fakeNonces struct {
	lacking
	mu   sync.Mutex
	used map[string]bool
}

func (f *fakeNonces) Use(ctx context.Context, tenant, nonce string, life time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.over(ctx, "Use"); err != nil {
		return err
	}
	name := fmt.Sprintf("%q %q", tenant, nonce)
	switch {
	case f.neglects("telling tenants apart"):
		name = nonce
	case f.neglects("telling where a tenant ends"):
		name = tenant + nonce
	case f.neglects("telling case apart"):
		name = strings.ToLower(name)
	case f.neglects("telling hostile nonces apart"):
		name = tenant + "\n" + strings.Trim(nonce, "./")
	case f.neglects("long nonces") && len(nonce) > 1024:
		name = time.Now().String()
	case f.neglects("short lives") && life < time.Hour, f.neglects("long lives") && time.Now().UnixNano() > math.MaxInt64-int64(life):
		return nil
	}
	used := f.used[name]
	if f.neglects("using at once") {
		f.mu.Unlock()
		time.Sleep(time.Millisecond)
		f.mu.Lock()
	}
	if used {
		if f.neglects("saying that it was used") {
			return errors.New("used")
		}
		if f.neglects("remembering") {
			delete(f.used, name)
		}
		return fs.ErrExist
	}
	f.used[name] = true
	return nil
}
