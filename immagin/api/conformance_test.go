package api_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"sync"
	"testing"

	"github.com/immagin/immagin-go/immagin/api"
	"github.com/immagin/immagin-go/immagin/api/apitest"
)

func TestMemoryKeysConformance(t *testing.T) {
	m := new(api.MemoryKeys)
	apitest.TestKeys(t, func() (api.Keys, error) { return m, nil }, nil)
}

func TestMemoryNoncesConformance(t *testing.T) {
	m := new(api.MemoryNonces)
	apitest.TestNonces(t, func() (api.Nonces, error) { return m, nil }, nil)
}

// projects are a ProjectMap that is never changed, but replaced.
type projects struct {
	mu sync.RWMutex
	m  api.ProjectMap
}

func (p *projects) Project(ctx context.Context, tenant string) (api.Project, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.m.Project(ctx, tenant)
}

func (p *projects) Put(ctx context.Context, tenant string, project api.Project) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := api.ValidateTenant(tenant); err != nil {
		return err
	}
	if err := project.Validate(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m = maps.Clone(p.m)
	p.m[tenant] = project
	return nil
}

func (p *projects) Delete(ctx context.Context, tenant string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.m[tenant]; !ok {
		return fmt.Errorf("project: %w", fs.ErrNotExist)
	}
	p.m = maps.Clone(p.m)
	delete(p.m, tenant)
	return nil
}

func (p *projects) List(ctx context.Context) (api.ProjectMap, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.m, ctx.Err()
}

func TestProjectMapConformance(t *testing.T) {
	p := &projects{m: api.ProjectMap{}}
	apitest.TestProjects(t, func() (apitest.ProjectStore, error) { return p, nil }, nil)
}
