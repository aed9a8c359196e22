package filestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/immagin/immagin-go/immagin/api"
)

const projectsFolder = "projects"

// Projects are the projects of a [Store] by their tenants. It implements
// [api.Projects].
type Projects struct{ store *Store }

// project is what a project's file holds.
type project struct {
	Tenant  string   `json:"tenant"`
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	BaseURL string   `json:"baseUrl"`
	Secret  string   `json:"secret"`
	Retired []string `json:"retired,omitempty"`
}

func (p *project) of() api.Project {
	return api.Project{ID: p.ID, Name: p.Name, BaseURL: p.BaseURL, Secret: p.Secret, Retired: p.Retired}
}

func (p *Projects) read(name string) (*project, error) {
	var r project
	err := p.store.read(projectsFolder+"/"+name, &r)
	if err == nil && sum(r.Tenant)+".json" != name {
		err = fmt.Errorf("%s/%s is damaged: it is no project of this tenant", projectsFolder, name)
	}
	return &r, err
}

// Project is [api.Projects.Project].
func (p *Projects) Project(ctx context.Context, tenant string) (api.Project, error) {
	if err := ctx.Err(); err != nil {
		return api.Project{}, err
	}
	r, err := p.read(sum(tenant) + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
	}
	if err != nil {
		return api.Project{}, failed("project", err)
	}
	return r.of(), nil
}

// Put keeps a tenant's project in place of the one that it has. It returns an
// error that is [fs.ErrInvalid] for what [api.Project.Validate] or
// [api.ValidateTenant] refuses.
func (p *Projects) Put(ctx context.Context, tenant string, project api.Project) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(api.ValidateTenant(tenant), project.Validate()); err != nil {
		return err
	}
	return failed("put project", p.put(tenant, project))
}

func (p *Projects) put(tenant string, r api.Project) error {
	return p.store.write(projectsFolder, sum(tenant)+".json", project{tenant, r.ID, r.Name, r.BaseURL, r.Secret, r.Retired})
}

// Delete removes a tenant's project; an error that is [fs.ErrNotExist] if
// there is none. The tenant's keys stay: revoke them first.
func (p *Projects) Delete(ctx context.Context, tenant string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := p.store.root.Remove(projectsFolder + "/" + sum(tenant) + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		err = fs.ErrNotExist
	}
	if err == nil {
		err = p.store.sync(projectsFolder)
	}
	return failed("delete project", err)
}

// List returns all projects by their tenants.
func (p *Projects) List(ctx context.Context) (api.ProjectMap, error) {
	names, err := p.store.names(projectsFolder)
	if err != nil {
		return nil, failed("list projects", err)
	}
	all := api.ProjectMap{}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		r, err := p.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, failed("list projects", err)
		}
		all[r.Tenant] = r.of()
	}
	return all, ctx.Err()
}

// clean removes what a crash left of files that were being written, since they
// hold secrets.
func (p *Projects) clean() {
	names, _ := p.store.names(projectsFolder)
	for _, name := range names {
		name = projectsFolder + "/" + name
		if info, err := p.store.root.Lstat(name); err == nil && !strings.HasSuffix(name, ".json") && time.Since(info.ModTime()) > time.Hour {
			_ = p.store.root.Remove(name)
		}
	}
}
