package apitest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/sign"
)

// ProjectsChecks returns the duties of a store of projects.
func ProjectsChecks() []Check[ProjectStore] {
	return []Check[ProjectStore]{
		{"RoundTrip", projectsRoundTrip},
		{"Replace", projectsReplace},
		{"Refused", projectsRefused},
		{"Texts", projectsTexts},
		{"Hostile", projectsHostile},
		{"Delete", projectsDelete},
		{"Canceled", projectsCanceled},
		{"Concurrent", projectsConcurrent},
	}
}

func newProject(name string) api.Project {
	return api.Project{ID: "prj_" + newTenant(), Name: name, BaseURL: "https://img.example.com", Secret: sign.NewSecret(), Retired: []string{sign.NewSecret(), sign.NewSecret()}}
}

// sameProject compares projects without printing their secrets.
func sameProject(got, wanted api.Project) error {
	if len(got.Retired) == 0 && len(wanted.Retired) == 0 {
		got.Retired, wanted.Retired = nil, nil
	}
	if !reflect.DeepEqual(got, wanted) {
		return fmt.Errorf("got %v where %v was put, or other secrets", got, wanted)
	}
	return nil
}

func holdsProject(ctx context.Context, s ProjectStore, tenant string, p api.Project) error {
	got, err := s.Project(ctx, tenant)
	if err != nil {
		return fmt.Errorf("store: Project of tenant %q: %w", short(tenant), err)
	}
	if err := sameProject(got, p); err != nil {
		return fmt.Errorf("store: Project of tenant %q: %w", short(tenant), err)
	}
	all, err := s.List(ctx)
	if err != nil {
		return fmt.Errorf("store: List: %w", err)
	}
	if err := sameProject(all[tenant], p); err != nil {
		return fmt.Errorf("store: List, tenant %q: %w", short(tenant), err)
	}
	return nil
}

func lacksProject(ctx context.Context, s ProjectStore, tenant string) error {
	got, err := s.Project(ctx, tenant)
	if err := want(err, fs.ErrNotExist, "Project of tenant %q, which has none", short(tenant)); err != nil {
		return err
	}
	if err := sameProject(got, api.Project{}); err != nil {
		return fmt.Errorf("with an error: %w", err)
	}
	all, err := s.List(ctx)
	if err != nil {
		return err
	}
	if _, ok := all[tenant]; ok {
		return fmt.Errorf("store: List has tenant %q, which has no project", short(tenant))
	}
	return nil
}

func projectsRoundTrip(ctx context.Context, a, b ProjectStore, _ *Options) error {
	tenant, bare := newTenant(), newTenant()
	p, least := newProject("Acme"), api.Project{Secret: sign.NewSecret()}
	if err := lacksProject(ctx, a, tenant); err != nil {
		return err
	}
	if err := errors.Join(a.Put(ctx, tenant, p), a.Put(ctx, bare, least)); err != nil {
		return err
	}
	for _, s := range []ProjectStore{a, b} {
		if err := errors.Join(holdsProject(ctx, s, tenant, p), holdsProject(ctx, s, bare, least)); err != nil {
			return err
		}
	}
	return nil
}

func projectsReplace(ctx context.Context, a, b ProjectStore, o *Options) error {
	tenant := newTenant()
	for i := range o.Rounds {
		p := newProject(fmt.Sprint(i))
		p.Retired = p.Retired[:i%3]
		if err := a.Put(ctx, tenant, p); err != nil {
			return err
		}
		if err := errors.Join(holdsProject(ctx, a, tenant, p), holdsProject(ctx, b, tenant, p)); err != nil {
			return fmt.Errorf("after Put in place of another: %w", err)
		}
		a, b = b, a
	}
	return nil
}

func projectsRefused(ctx context.Context, a, _ ProjectStore, _ *Options) error {
	tenant := newTenant()
	var bad []api.Project
	for _, secret := range []string{"", "fifteen bytes..", "sixteen bytes..\x00", "sixteen bytes..\xff", strings.Repeat("s", 4096)} {
		p := newProject("")
		p.Secret = secret
		bad = append(bad, p)
		p = newProject("")
		p.Retired[1] = secret
		bad = append(bad, p)
	}
	for _, text := range []string{"a\x00b", "\xff", "\n", strings.Repeat("a", 2049), "https://a.example/"} {
		p := newProject("")
		p.BaseURL = text
		bad = append(bad, p)
		if !strings.HasSuffix(text, "/") {
			p = newProject(text)
			bad = append(bad, p)
			p = newProject("")
			p.ID = text
			bad = append(bad, p)
		}
	}
	for i, p := range bad {
		err := a.Put(ctx, tenant, p)
		if err := want(err, fs.ErrInvalid, "Put of bad project %d", i); err != nil {
			return err
		}
		if len(p.Secret) > 8 && strings.Contains(err.Error(), p.Secret) {
			return errors.New("the error of Put shows the secret")
		}
	}
	for _, text := range hostile {
		if api.ValidateTenant(text) != nil {
			if err := want(a.Put(ctx, text, newProject("")), fs.ErrInvalid, "Put of tenant %q", short(text)); err != nil {
				return err
			}
		}
	}
	return lacksProject(ctx, a, tenant)
}

func projectsTexts(ctx context.Context, a, b ProjectStore, _ *Options) error {
	want := map[string]api.Project{}
	for _, text := range texts {
		want[text] = newProject(text)
		if err := a.Put(ctx, text, want[text]); err != nil {
			return fmt.Errorf("store: Put of tenant %q: %w", short(text), err)
		}
	}
	for tenant, p := range want {
		if err := holdsProject(ctx, b, tenant, p); err != nil {
			return err
		}
	}
	for tenant := range want {
		if err := a.Delete(ctx, tenant); err != nil {
			return fmt.Errorf("store: Delete of tenant %q: %w", short(tenant), err)
		}
		if err := lacksProject(ctx, b, tenant); err != nil {
			return err
		}
	}
	return nil
}

func projectsHostile(ctx context.Context, a, _ ProjectStore, _ *Options) error {
	tenant, p := newTenant(), newProject("")
	if err := a.Put(ctx, tenant, p); err != nil {
		return err
	}
	for _, text := range hostile {
		if err := lacksProject(ctx, a, text); err != nil {
			return err
		}
		if err := want(a.Delete(ctx, text), fs.ErrNotExist, "Delete of tenant %q, which has no project", short(text)); err != nil {
			return err
		}
	}
	return holdsProject(ctx, a, tenant, p)
}

func projectsDelete(ctx context.Context, a, b ProjectStore, _ *Options) error {
	tenant, stays, p := newTenant(), newTenant(), newProject("")
	if err := want(a.Delete(ctx, tenant), fs.ErrNotExist, "Delete where there is none"); err != nil {
		return err
	}
	if err := errors.Join(a.Put(ctx, tenant, p), a.Put(ctx, stays, p), holdsProject(ctx, b, tenant, p)); err != nil {
		return err
	}
	if err := a.Delete(ctx, tenant); err != nil {
		return err
	}
	if err := errors.Join(lacksProject(ctx, a, tenant), lacksProject(ctx, b, tenant)); err != nil {
		return fmt.Errorf("after Delete: %w", err)
	}
	if err := want(b.Delete(ctx, tenant), fs.ErrNotExist, "Delete again"); err != nil {
		return err
	}
	return holdsProject(ctx, b, stays, p)
}

func projectsCanceled(ctx context.Context, a, _ ProjectStore, _ *Options) error {
	tenant, p := newTenant(), newProject("")
	if err := a.Put(ctx, tenant, p); err != nil {
		return err
	}
	over := canceled(ctx)
	_, err1 := a.Project(over, tenant)
	_, err2 := a.List(over)
	for call, err := range map[string]error{
		"Project": err1, "List": err2,
		"Put":    a.Put(over, tenant, newProject("other")),
		"Delete": a.Delete(over, tenant),
	} {
		if err := want(err, context.Canceled, "%s with a context that is over", call); err != nil {
			return err
		}
	}
	return holdsProject(ctx, a, tenant, p)
}

// projectsConcurrent reads while others replace: what is read is one that was
// put, as a whole.
func projectsConcurrent(ctx context.Context, a, b ProjectStore, o *Options) error {
	both, tenant := []ProjectStore{a, b}, newTenant()
	put := make([]api.Project, o.Racers)
	known := map[string]api.Project{}
	for i := range put {
		put[i] = newProject(strings.Repeat("n", 1+i*100%2000))
		known[put[i].ID] = put[i]
	}
	if err := a.Put(ctx, tenant, put[0]); err != nil {
		return err
	}
	return errors.Join(race(o.Racers, func(i int) error {
		for range o.Rounds {
			if i%2 == 0 {
				if err := both[i/2%2].Put(ctx, tenant, put[i]); err != nil {
					return fmt.Errorf("store: Put while others do: %w", err)
				}
				continue
			}
			got, err := both[i/2%2].Project(ctx, tenant)
			if err != nil {
				return fmt.Errorf("store: Project while others put: %w", err)
			}
			if err := sameProject(got, known[got.ID]); err != nil {
				return fmt.Errorf("store: Project while others put: %w", err)
			}
		}
		return nil
	})...)
}
