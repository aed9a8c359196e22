package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/immagin/immagin-go/immagin/api"
)

// Projects are the projects of a [Store] by their tenants. It implements
// [api.Projects].
type Projects struct{ store *Store }

const selectProjects = `SELECT tenant, id, name, base_url, secret, retired FROM immagin_projects`

func (p *Projects) find(ctx context.Context, where string, args ...any) (api.ProjectMap, error) {
	found := api.ProjectMap{}
	return found, p.store.query(ctx, func(scan func(...any) error) error {
		var tenant, retired string
		var r api.Project
		if err := scan(&tenant, &r.ID, &r.Name, &r.BaseURL, &r.Secret, &retired); err != nil {
			return err
		}
		if json.Unmarshal([]byte(retired), &r.Retired) != nil { // its error would quote a secret
			return fmt.Errorf("row of tenant %q is damaged: its retired secrets are no JSON", tenant)
		}
		found[tenant] = r
		return nil
	}, selectProjects+where, args...)
}

// Project is [api.Projects.Project].
func (p *Projects) Project(ctx context.Context, tenant string) (api.Project, error) {
	err := ctx.Err()
	var found api.ProjectMap
	if err == nil && api.ValidateTenant(tenant) == nil {
		found, err = p.find(ctx, " WHERE tenant = $1", tenant)
	}
	if err == nil && len(found) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return api.Project{}, failed(ctx, "project", err)
	}
	return found[tenant], nil
}

// Put keeps a tenant's project in place of the one that it has. It returns an
// error that is [fs.ErrInvalid] for what [api.Project.Validate] or
// [api.ValidateTenant] refuses.
func (p *Projects) Put(ctx context.Context, tenant string, project api.Project) error {
	if err := errors.Join(api.ValidateTenant(tenant), project.Validate()); err != nil {
		return err
	}
	retired, err := json.Marshal(project.Retired)
	if err == nil {
		_, err = p.store.exec(ctx, `INSERT INTO immagin_projects (tenant, id, name, base_url, secret, retired) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant) DO UPDATE SET id = excluded.id, name = excluded.name, base_url = excluded.base_url, secret = excluded.secret, retired = excluded.retired`,
			tenant, project.ID, project.Name, project.BaseURL, project.Secret, string(retired))
	}
	return failed(ctx, "put project", err)
}

// Delete removes a tenant's project; an error that is [fs.ErrNotExist] if
// there is none. The tenant's keys stay: revoke them first.
func (p *Projects) Delete(ctx context.Context, tenant string) error {
	err := ctx.Err()
	switch {
	case err != nil:
	case api.ValidateTenant(tenant) == nil:
		err = p.store.change(ctx, fs.ErrNotExist, `DELETE FROM immagin_projects WHERE tenant = $1`, tenant)
	default:
		err = fs.ErrNotExist
	}
	return failed(ctx, "delete project", err)
}

// List returns all projects by their tenants.
func (p *Projects) List(ctx context.Context) (api.ProjectMap, error) {
	found, err := p.find(ctx, "")
	if err != nil {
		return nil, failed(ctx, "list projects", err)
	}
	return found, nil
}
